"""Phrases of the role `tools`: what words alone cannot do or know, said so freely that no exact reflex takes it.

What is meant is what the built-in tools can do: sums with units, clocks and dates, timers and alarms, notes and lists,
the state of the machine, files and programs, earlier conversations.
"""

EASY = """
# timer in passing
The eggs are in the pot now, tell me when {few} minutes are over.
I'm putting the {dish} in, give me a shout in {some} minutes.
Could you start counting down {some} minutes for the tea?

# timer with label
I need one timer for the {dish} and another for the {thing}, ten and {some} minutes.
Start a pasta timer, something like {few} minutes.

# timer left
How much longer does the {dish} need?
Is there still time on my timer?
How many minutes are left until it rings?

# timer change
Give the {dish} another {few} minutes.
Make the timer {few} minutes longer.
Stop the countdown for the {dish}.

# alarm in passing
I have to get up at {hour} tomorrow, don't let me oversleep.
Make sure I'm awake by {clock} on {day}.
Could you get me out of bed at {clock}?

# alarm relative
Wake me an hour earlier than usual.
Ring me {some} minutes before {hour}.
Snooze for {few} more minutes.

# alarms kept
Which alarms have I got for tomorrow?
Did I set an alarm for {day}?
Get rid of all my alarms for the weekend.

# reminder
Don't let me forget to {task}.
I must {task} {then}, remind me please.
Give me a nudge at {hour} so that I {task}.

# reminder kept
What was I supposed to do {when}?
What reminders are coming up?

# note in passing
I want to keep this in mind: {person}'s birthday is in {month}.
Jot down that the {device} in the {room} is broken.
Make a note of this: the meeting has moved to {day}.

# note find
What did I note about {person}?
Find the note where I wrote down the door number.
Is there anything in my notes on {topic}?

# note delete
Throw away the note about {topic}.
You can delete what I wrote down about {person}.

# list add
We're out of {thing}, put it on the list.
I used up the {thing} and the {thing}, get them on my shopping list.
Stick {thing} on the groceries.

# list read
What do I still have to buy?
Read me what's on the shopping list.
Is {thing} already on my list?

# list remove
I bought the {thing}, take it off the list.
Cross {thing} off.
Empty the shopping list.

# list make
Start a new list called {topic}.
Begin a packing list and put {thing} on it.

# date question
What day of the week is the {number}th of {month}?
On which weekday does Christmas fall this year?
What date is it {few} weeks from {day}?

# date until
How long is it until {month}?
How many weeks are left until my {relative}'s birthday on the {few}th of {month}?
Count the days from today to the end of {month}.

# date since
How many days ago was the first of {month}?
How long has it been since {day} the {few}th?
I was born on the {few}th of {month} 1984, how many days old am I?

# calendar facts
Is this a leap year?
Which calendar week are we in?
Does {month} have five Sundays this year?

# time elsewhere
Is it too late to ring {person} in {city} now?
What would {hour} o'clock here be in {city}?
Are people in {city} awake at the moment?

# time difference
How many hours is {city} ahead of us?
If it's {hour} here, what do the clocks show in {city}?

# clock in passing
How late is it getting?
Have I still got time before {hour}?
Is it past {hour} already?

# sums
What do I get when I add {number}, {number} and {number}?
Take {number} from {amount} for me, would you?
How much is {number} times {number} plus {number}?

# percent
What is {number} percent off a {amount} euro coat?
I paid {amount} with {few} percent tax on it, how much of that is tax?
What's a {number} percent tip on {number} euros?

# split
Split {amount} euros evenly between {few} of us.
The bill is {number} dollars, add ten percent and divide it by {few}.

# convert cooking
The recipe says {number} Fahrenheit but my oven is in Celsius.
How many grams are {few} cups if a cup is {number}?
What's {few} ounces in grams?

# convert distance
The sign says {number} miles, what is that in kilometres?
He's six foot {few}, how tall is that in centimetres?
How many litres go into {few} gallons?

# convert data
How many megabytes are {few} gigabytes?
What is {number} kilometres an hour in metres per second?

# roots and powers
What is the square root of {amount}?
What's {few} to the power of {few}?
Give me {number} divided by {few} to three decimals.

# battery
How long will the battery last?
Do I need to plug in the laptop?
Is the computer charging right now?

# disk
Have I got enough space left for a big download?
How full is my hard drive?
What's the free space on this machine?

# memory
How much memory is in use at the moment?
Is this computer running low on RAM?
How busy is the processor right now?

# machine
How long has this computer been on?
Which operating system am I running?
What is the name of this machine?

# open app
Bring up the {app} for me, will you?
I want to type something, start the {app}.
Launch my {app}.

# open file
Show me the file with the holiday pictures.
Open the report that I saved in my documents.
Pull up the folder with the invoices.

# past conversation
What did we say about {topic} last week?
When did I last ask you about {person}?
Find where we talked about {city}.

# past answer
You told me a recipe for {dish} a while ago, look it up.
What was the name of the book you mentioned on {day}?
Look back, did I mention the {animal} before?
"""

HARD = """
# write down
Write {thing} down for me.
Write this on my list: {task}.
Write me a reminder to {task}.

# short tools
Battery?
Disk space?
{some} minutes please.
{thing} on the list.

# heard tools
set a time are for {some} minutes
at milk and bred to my shopping list
remind me two {task}
what is seventeen per cent of too hundred

# chatty tools
Oh dear, I always forget, so {thing}, {thing} and {thing}, note that somewhere.
Right, I'm off to bed, make it seven tomorrow, okay?
My phone is dead, can you ring at {hour} instead?

# tools with plan words
Put the plan for {day} into my notes.
Note that the trip to {city} starts on {day}.
How many days until our trip on the {few}th of {month}?

# tools with summary words
Read my notes about {topic} back to me.
Look up when we summarised the report.
Make a note with the short version of what I said.

# tools with code words
Open the code folder.
Start the terminal for me.
Note down the wifi code, it's {amount}.
Is there enough disk space for the compiler?
"""
