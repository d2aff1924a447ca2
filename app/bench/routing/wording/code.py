"""Phrases of the role `code`: to write, read, mend or run programs."""

EASY = """
# function
Write a {plang} function that reverses a string.
Can you write a function in {plang} that {does}?
Give me a {plang} method that {does}.

# script
Write a script that renames all files in a folder.
I need a small {plang} program that {does}.
Make me a shell script which deletes files older than {few} days.

# regex
Write a regular expression for e-mail addresses.
What regex matches a date like 2024-05-01?
Give me a pattern that finds all numbers in a line.

# sql
Write an SQL query for all customers without an order.
How do I join two tables in SQL?
Select the {few} most expensive products from a table, in Postgres.

# error message
I get a TypeError: 'NoneType' object is not subscriptable, why?
What does IndexError: list index out of range mean?
My {plang} program says undefined is not a function.

# segfault
My C program crashes with a segmentation fault.
Why do I get a null pointer exception in Java?
Valgrind reports an invalid read of size {few}, what is that?

# fix my loop
This for loop never ends, what is wrong: while i < {few}: print(i)
Why does my loop skip every second element?
Find the bug: for (int i = 0; i <= n; i++) sum += a[i];

# explain code
What does this code do: return [x * 2 for x in xs if x > {few}]
Explain this {plang} snippet line by line.
Can you explain what lambda x: x[1] does here?

# refactor
Refactor this function so that it is shorter.
How can I get rid of these nested if statements in {plang}?
Clean up this class, it has {number} methods.

# unit tests
Write unit tests for a stack class.
How do I mock an HTTP request in pytest?
Add test cases for the parser in {plang}.

# port
Translate this {plang} code to {plang}.
How would I write this {plang} loop in {plang}?
Convert a bash script to {plang}.

# git
How do I undo my last commit in git?
What is the git command to delete a remote branch?
Explain the difference between git merge and git rebase.

# merge conflict
I have a merge conflict in main.py, how do I resolve it?
Git says my branch has diverged from origin, what now?

# terminal
Which command shows all running processes on Linux?
How do I find big files from the command line?
What does chmod 755 do?

# grep sed awk
What does grep -r do?
Use sed to replace tabs by spaces in a file.
How do I print the second column with awk?

# docker
Write a Dockerfile for a {plang} app.
Why does my container exit immediately?
How do I mount a volume with docker compose?

# html css
How do I centre a div with CSS?
Make an HTML page with a table of {few} rows.
What is the difference between flexbox and grid?

# javascript browser
How do I add a click handler to a button in JavaScript?
My React component renders twice, why?
Fetch JSON from a URL and show it in the page.

# api
How do I call a REST API with a token in {plang}?
Show me a curl request that posts JSON.
Write a small web server with two endpoints in {plang}.

# data structures
When should I use a hash map instead of a list?
Implement a linked list in {plang}.
How does a binary search tree stay balanced?

# algorithms
Implement quicksort in {plang}.
What is the time complexity of merge sort?
Write Dijkstra's algorithm with a priority queue.

# recursion
Write the factorial recursively in {plang}.
Why does my recursive function overflow the stack?

# json
How do I parse JSON in {plang}?
My JSON has a trailing comma and the parser fails, how do I allow it?
Serialise this object to YAML.

# csv pandas
Read a CSV file with pandas and group it by month.
How do I drop rows with missing values from a data frame?
Plot two columns of a data frame as lines.

# strings
How do I split a string by commas in {plang}?
Format a float with two decimals in {plang}.
How can I check in {plang} whether a string contains a substring?

# dates in code
How do I parse an ISO date in {plang}?
Get the current timestamp in {plang}.
Subtract two datetimes in {plang} and print the hours.

# files in code
Read a text file line by line in {plang}.
How do I write bytes to a file in {plang}?
Open a file in {plang} only if it exists.

# async threads
What is the difference between a thread and a coroutine?
How do I run two async functions at once in {plang}?
My threads deadlock on a mutex, how do I debug that?

# types
What does Optional[int] mean in a type hint?
How do generics work in {plang}?
Add type annotations to this function.

# classes
Write a class Account with deposit and withdraw.
How do I inherit from an abstract base class in {plang}?
When do I use an interface and when an abstract class?

# packages
pip says no matching distribution found, what can I do?
How do I create a virtual environment?
npm install fails with a permission error.

# compile
The linker says undefined reference to main.
How do I compile a C++ program with optimisation?
cargo build complains about a lifetime, what does that mean?

# makefile cmake
Write a Makefile for {few} C files.
How do I add a library in CMake?

# cron
What is the crontab line for every {day} at {hour}?
Run a script every night on Linux.

# excel formula
Write an Excel formula that sums column B where column A is {city}.
How do I do a VLOOKUP over two sheets?
What is the spreadsheet formula for a running average?

# arduino
Write an Arduino sketch that blinks an LED every {few} seconds.
How do I read a sensor over I2C on a Raspberry Pi?

# performance
Why is my {plang} code so slow, and how do I profile it?
How can I vectorise this loop with numpy?

# review
Review this pull request and tell me what you would change.
Is it bad style to catch all exceptions in {plang}?
What is wrong with using global variables here?

# comments docs
Write a docstring for a function that {does}.
Comment this code for me.

# security
How do I prevent SQL injection in my web form?
Hash a password properly in {plang}.

# regex explain
What does ^\\d+$ match?
Explain the regular expression [a-z]+@[a-z]+ to me.

# pasted snippets
def area(r): return 3.14 * r ** 2
console.log(items.map(i => i.price))
SELECT name FROM users WHERE age > {number};
#include <stdio.h> int main() { return 0; }

# array
How do I loop over an array in {plang}?
Append an element to a list in {plang}.
Remove the last item of an array in {plang}.

# maps
How do I sort a dictionary by its values?
Merge two dicts in {plang}.
Count how often each word occurs with a hash map.

# numbers in code
Round a number to two digits in {plang}.
Generate random integers between {few} and {number} in {plang}.
Check whether an integer overflows in {plang}.

# exceptions
How do I catch an exception in {plang}?
Raise a custom error in {plang}.
What is the difference between throw and throws in Java?

# printing
Print without a newline in {plang}.
Why does my print statement show None?
Print the numbers from 1 to {number}, but fizz for multiples of three.

# stack traces
Can you read this stack trace for me?
Traceback (most recent call last): KeyError: 'name'
Uncaught ReferenceError: x is not defined

# database
Create a table users with an id and a name.
Why is my query slow without an index?
How do I back up a MySQL database from the shell?

# web framework
Set up a route in Flask that returns JSON.
How do I handle a form in Django?
CORS error when my frontend calls the backend.

# typescript types
Declare a union type in TypeScript.
Property does not exist on type, what now?

# memory in code
What is a dangling pointer?
When do I call free after malloc?
How does garbage collection work in {plang}?

# pointers
Explain pointers in C with an example.
What is the difference between a reference and a pointer in C++?

# rust borrow
The borrow checker says cannot move out of borrowed content.
How do lifetimes work in Rust?

# shell pipes
Pipe the output of ls into a file.
How do I find and kill the process on port 8080?
Write a one liner that counts lines in all text files.

# ssh
How do I copy a file over ssh?
Set up an ssh key for GitHub.

# environment
How do I set an environment variable in bash?
Command not found after installing node, how do I fix my path?

# versions
Which version of {plang} do I need for this library?
How do I pin a dependency in requirements.txt?

# debugging
Where do I put a breakpoint to see why the variable is null?
The variable is undefined inside the callback, why?
My function returns the wrong value for negative input.

# graphs trees
Traverse a binary tree in order in {plang}.
Find the shortest path in a maze with breadth first search.
Detect a cycle in a graph.

# simulations
Simulate rolling two dice {amount} times in {plang}.
Write the game of life in {plang}.
Code a number guessing game.

# text processing
Remove all punctuation from a string in {plang}.
Write code that replaces umlauts in file names.
Parse this log file and print lines with errors.

# scraping
Scrape the headlines of a web page with {plang}.
Download all images from a URL with a script.

# gui
Make a window with a button in {plang}.
How do I draw a circle on a canvas?

# machine learning
Train a classifier with scikit-learn.
What is the shape of the tensor after this layer?
Plot the loss with matplotlib.

# ci
My GitHub Actions workflow fails on the test step.
Write a YAML pipeline that runs the tests.

# css more
Make the header sticky with CSS.
Why does my margin collapse?
How do I make a page responsive for phones?

# concepts
What is object oriented programming, with an example in code?
Explain what an API endpoint is.
What is the difference between a compiler and an interpreter?
What does idempotent mean in REST?
"""

HARD = """
# short code
{plang} list comprehension
{plang} sort dictionary by value
css transparent background
bash for loop
git stash pop
sql left join

# code without the word
Make the computer print hello {number} times.
I want a little program for my homework that adds up numbers.
How do I get the second to last element out of an array?
How would I tell it to retry {few} times before giving up on the request?

# heard code
can you right me a python script that counts words
how do i pass jason in java script
what is the sequel command for deleting a row
write me a pie thon function that checks for prime numbers

# write me
Write me a program that {does}.
Write me some {plang} that {does}.
Write me a bot that answers messages.

# code with summary words
Shorten this function: def f(x): if x: return True else: return False
Summarise what this class does and where it leaks memory.
Rewrite this loop as a comprehension.

# code with tool words
Write a timer in JavaScript that counts down from {number}.
How do I open a file dialog from {plang}?
Write a calculator app in {plang}.
Program an alarm clock in {plang}.

# code with plan words
How should I structure a {plang} project with {few} modules?
Plan the database schema for a library app.
Design the classes for a chess game in {plang}.
"""
