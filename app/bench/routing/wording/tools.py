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
What day of the week is the {date} of {month}?
On which weekday does Christmas fall this year?
What date is it {few} weeks from {day}?

# date until
How long is it until {month}?
How many weeks are left until my {relative}'s birthday on the {date} of {month}?
Count the days from today to the end of {month}.

# date since
How many days ago was the first of {month}?
How long has it been since {day} the {date}?
I was born on the {date} of {month} 1984, how many days old am I?

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

# timer for chores
Let me know in {some} minutes that the washing is done.
The bread has to rise for {few} hours, time that for me.
Ping me when a quarter of an hour is up.

# timer for sport
Count me down from {some} seconds.
Time {few} rounds of one minute each.
Run the stopwatch until I say stop.

# timer list
Which timers are running?
How many timers have I started?
Kill every timer.

# alarm for weekdays
From now on ring at {hour} every weekday.
Wake me on {day} and {day} at {clock}, but not at the weekend.

# alarm moved
Move tomorrow's alarm to {clock}.
Push my {day} alarm back by half an hour.
The {hour} o'clock alarm can go.

# alarm for others
{person} has to be woken at {clock}, can you do that?
Set something that wakes the children at {hour}.

# remind at place in time
When it's {hour} tell me to {task}.
In {some} minutes I have to {task}, say so then.
Remind me on {day} that I promised to {task}.

# remind before
Tell me an hour before {hour} that I have to leave.
Give me a warning {some} minutes before the meeting.

# remind again
Ask me again {then} whether I did it.
Keep reminding me every {few} hours to drink water.

# note about money
Write down that {person} owes me {number} euros.
Record that I paid the {job} {number} dollars.
Keep a record: rent was {amount} this month.

# note numbers
Save this number for me: {amount} {number}.
Remember that the locker combination is {amount}.
Keep in mind that the size is {some}.

# note read
Read me the last note.
What was that thing I told you to remember?
Show everything I noted {when}.

# note changed
Add to the note on {topic} that it is settled.
Change my note, it's {day} and not {day}.

# to do
Put {task} on my to do list.
What's left on my to dos?
I did {task}, tick that off.

# several lists
Which lists do I have?
Move {thing} from the shopping list to the party list.
Make a new list for the hardware store.

# list many
Shopping: {thing}, {thing}, {thing} and some {thing}.
Get {thing} and {few} packs of {thing} on the list for {day}.
We need more {thing}, please add it.

# today
What's the date?
Tell me which day it is today.
What month are we in?

# date offset
Which date will it be in {some} days?
What day was it {few} days ago?
What's the date on {day} in {few} weeks?

# how old
How old is somebody who was born in 1975?
What age will {person} be in 2040 if she was born in 1999?

# between dates
How many days lie between the {date} of {month} and the {date} of {month}?
How many working days are there in {month}?

# holidays
When is Easter this year?
How long until the next public holiday?
Which day is New Year's Eve on?

# clock for others
What time does {person} in {city} have right now?
It's noon here, is it night in {city}?
Convert {hour} p.m. {city} time to mine.

# sun and clock
How many minutes until midnight?
How long is it from {hour} to {clock}?
Add {some} minutes to {clock}.

# arithmetic spoken
What's {number} and {number} and {number} altogether?
Multiply {number} by {amount}.
Subtract {number} from {amount} and halve it.

# arithmetic precise
How much is {amount} divided by {some}, exactly?
What is three quarters of {amount}?
Work out {number} squared for me.

# average
What's the average of {number}, {number} and {number}?
Find the sum of the numbers from {few} to {number}.

# discount
{number} percent discount on {amount} dollars, what do I pay?
What is {amount} plus nineteen percent VAT?
By how many percent is {amount} more than {number}?

# convert weight
How heavy is {number} pounds in kilos?
Turn {number} ounces into grams.
I weigh {number} kilos, what's that in stone?

# convert temperature
It's {number} degrees Fahrenheit there, is that warm?
What does minus {few} Celsius come to in Fahrenheit?

# convert length
How many feet are {number} metres?
{number} inches in centimetres please.
The shelf is {number} centimetres wide, how many inches is that?

# convert area and volume
How many square feet is a flat of {number} square metres?
How many cups make {few} litres?
What is {few} acres in hectares?

# convert time
How many seconds are there in {few} days?
How many hours is {amount} minutes?

# power state
Am I running on battery or on mains?
What percentage is the battery at?
When will the laptop be fully charged?

# storage
How many gigabytes are free?
Is the drive nearly full?
How big is my downloads folder?

# load
What is eating up my memory?
Is the fan loud because the processor is busy?
How hot is the processor?

# machine facts
How many cores does this computer have?
When was this machine started?
How much RAM is built in?
What's my IP address?

# apps
Fire up the {app}.
Could I have the {app} on the screen?
Switch over to my {app}.

# files
Where did I save the invoice from {month}?
Open the last document I worked on.
Play the video from my desktop folder.

# earlier talk
Search our chats for {topic}.
What did you answer when I asked about {country}?
Did we ever speak about {dish}?

# earlier talk by time
What did I ask you first thing this morning?
What were we talking about on {day}?
Bring up yesterday's conversation.

# undo
Undo that last note.
Scrap the reminder you just made.
No wait, take the last thing off the list again.
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
How many days until our trip on the {date} of {month}?

# tools with summary words
Read my notes about {topic} back to me.
Look up when we summarised the report.
Make a note with the short version of what I said.

# tools with code words
Open the code folder.
Start the terminal for me.
Note down the wifi code, it's {amount}.
Is there enough disk space for the compiler?

# tool questions that sound like talk
Have I forgotten anything for {day}?
What did I promise {person}?
How's the battery doing?
What's on for {when}?

# tool wishes
I wish somebody would wake me at {hour}.
It'd be great if you kept track of what {person} owes me.
I'd like to hear from you when it's {hour}.
"""
