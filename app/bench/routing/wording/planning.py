"""Phrases of the role `planning`: several steps, a comparison that weighs, a problem that has to be worked out."""

EASY = """
# trip
Plan a weekend in {city} for two.
Help me plan a trip to {country} in {month}.
I want to spend {few} days in {city}, can you work out an itinerary?
We are going to {country} {when}, what would be a sensible route?

# road trip
Work out a road trip from {city} to {city} with {few} stops.
How would you split the drive from {city} to {city} over {few} days?
Which stops make sense on the way from {city} to {city} with two children?

# holiday on a budget
I have {amount} euros for a week in {country}, how should I divide it?
How could we do ten days in {country} for under {amount} dollars?
What is the cheapest sensible way to see {city} and {city} in one holiday?

# party
Help me organise a birthday party for {few} children.
I need to arrange a surprise party for my {relative}, where do I start and what comes next?
Plan a dinner party for {few} people, two of them vegetarian.

# wedding
We want to get married next {month}, give me a timeline of what to book when.
Lay out the steps of preparing a small wedding in {city}.
Make a schedule for a wedding day with {number} guests.

# study plan
I have an exam in {few} weeks, how should I divide {few} chapters?
Set up a study schedule for {subject} until {month}.
Make a revision timetable for my {subject} exam on {day}.

# learning path
I want to learn {language} in six months, lay out what to do each week.
What should I study first, second and third to understand {subject}?
Design a course for teaching myself {subject} from scratch.

# training
Make me a training programme for a marathon in {month}.
How should I build up from zero to running ten kilometres in {few} weeks?
Design a workout routine with {few} sessions a week and no equipment.

# meals
Plan our meals for next week, we are {few} and nobody eats fish.
Make a weekly menu with {thing}, {thing} and leftovers in mind.
Work out a week of dinners for under {amount} euros.

# day schedule
I have to {task}, {task} and be in {city} by {hour}, in what order should I do it?
Organise my {day}: I need to {task}, {task} and {task}.
Fit a dentist, the gym and {task} into my {day} afternoon.

# priorities
I have {few} things to do and time for three, help me decide which come first.
Rank these by urgency for me: {task}, {task}, {task}.
Everything is due on {day}, what should I tackle first and why?

# project breakdown
Break building a garden shed down into steps.
Split the job of renovating the {room} into stages with rough times.
What are all the steps from an idea to a published book?

# move house
We move to {city} in {month}, what has to be done when?
Give me a checklist with dates for moving out of a flat.
How do I coordinate the movers, the keys and the painters in one weekend?

# renovation order
In which order should I do floors, walls and wiring in the {room}?
What comes first when redoing a {room}, and what can wait?
I am redoing the {room} on my own, map out the work for me.

# savings
How much must I put aside each month to have {amount} euros by {month}?
If I save {number} euros a week, when can I afford a {amount} euro car?
Work out a way for me to save {amount} dollars in a year on my salary.

# debt
I owe {amount} on a card and {amount} on a loan, which should I pay off first?
Lay out how I get rid of a {amount} euro debt in two years.

# rent or buy
Compare renting and buying a flat in {city} over ten years.
Would I be better off buying or renting if I stay {few} years? Weigh it up.
Walk me through the financial trade-off between leasing and owning a car.

# compare products
Compare an electric car with a hybrid for someone who drives {amount} kilometres a year.
Which makes more sense for a student, a tablet or a laptop? Consider price and battery.
Weigh up gas against induction for a small kitchen.

# compare places
Where would a family of four live better, {city} or {city}? Consider schools, rent and weather.
Compare {country} and {country} as places to retire.
Contrast life in {city} with life in {city} in terms of cost and work.

# pros and cons
List the pros and cons of working from home.
What speaks for and against getting a {animal} in a small flat?
Give me arguments on both sides of a four day week.

# decision
Should I take the job in {city} or stay where my {relative} lives? Help me think it through.
I can't decide between studying {subject} and {subject}, weigh them for me.
Help me decide whether to sell the house now or wait until {month}.

# career change
How do I go from being a {job} to being a {job} within two years?
Map out a path for a {job} who wants to start a business.
What would be a realistic career strategy for me as a {job}?

# trains meet
A train leaves {city} at {hour} doing {number} and another leaves {city} an hour later doing {number}, \
when do they meet?
Two cyclists start {number} kilometres apart and ride towards each other, when do they meet if one is twice as fast?

# ages
{person} is twice as old as {person} was {few} years ago, and together they are {number}. How old are they?
My {relative} is {few} years older than me and in {few} years she will be twice my age, how old am I?

# work rates
If {few} painters need {few} days for a house, how long do {few} painters need?
One pipe fills the tank in {few} hours and the other in {few}, how long do both take together?

# shopping problem
{person} buys {few} pens and {few} books, spends {number} euros, and a book costs twice as much as a pen. \
What does a pen cost?
I had {number} apples, gave a third to {person} and half of the rest to {person}, how many are left?
A shirt costs {number} euros after a discount of a fifth and then another tenth, what did it cost before?

# mixture
How much of a ten percent solution must I mix with a forty percent one to get {few} litres at twenty percent?
I mix coffee at {few} euros with coffee at {number}, in what ratio do I get a blend at the middle price?

# probability puzzle
What are the odds of drawing two red cards in a row, and how do you get there?
If I throw {few} dice, how likely is at least one six? Reason it out.

# logic puzzle
Three people each tell one lie, {person} says it was {person}, who did it?
There are three switches and one lamp upstairs, how do I find the right switch with one visit?
A farmer must cross with a wolf, a goat and a cabbage, how does he do it?

# estimate
Estimate how many piano tuners there are in {city} and show your reasoning.
Roughly how much water does {city} use in a day, step by step?
How could one work out how many {animal}s live in {country}?

# negotiation
How should I prepare for a salary talk with my boss, and what do I say if she refuses?
What strategy would you use to negotiate the price of a used car?

# diagnosis
My car clicks but does not start, help me narrow down why.
The {device} keeps going off every evening, how do I find the cause systematically?
My tomatoes turn yellow from below, what could it be and how do I rule things out?

# business
Draft a business plan for a small bakery in {city}.
How would I find out whether a {job} school could work in {city}?
Sketch a launch strategy for a handmade {thing} shop.

# garden
Plan a vegetable bed of {few} square metres through the year.
What should I sow, plant and harvest in which month in {country}?

# packing
What do I have to pack for {few} days of hiking with one small bag?
Work out a packing list for {country} in {month} with cold nights and hot days.

# seating
How do I seat {few} guests at two tables when {person} and {person} must not sit together?
Make fair teams from {few} children of different ages.

# errands
What is the shortest way to do the bank, the school and the supermarket before {hour}?
I must be at the airport at {hour}, work back from there when I have to get up.
If the meeting ends at {hour} and the train takes two hours, can I still make dinner at eight? Work it out.

# routine
Design a morning routine that gets {few} children out of the house by eight.
Help me set up a cleaning rota for {few} people.

# emergency
What should our family's plan be if the power is out for {few} days?
Prepare a fallback for the outdoor party in case it rains on {day}.

# abroad
What are the steps to move to {country} with a {animal} and two children?
How do I go about working in {country} for a year, from the visa to the flat?

# consequences
What would follow if {city} banned cars, first at once and then after ten years?
Think through what happens to prices if everybody in {country} gets {amount} euros.

# proof
Prove that there are infinitely many primes, one step at a time.
Show why the square root of two cannot be a fraction.

# goals
I want to be able to play the piano by {month}, break that down into monthly goals.
How do I turn reading more into something I really do, week by week?

# team work
How should {few} people share the work of a school fair?
Who should do what if {person} can cook, {person} can drive and I can do neither?

# city day
We have one day in {city}, how do we see the most of it?
Put together a walking tour of {city} with lunch in between.
What could {few} days in {country} with a toddler look like?

# train trip
How would you get from {city} to {city} by rail with two nights on the way?
Plan a train journey through {country}, {country} and {country}.

# cheap and quick
What's the smartest way to get {few} people and a piano from {city} to {city}?
Flying, driving or the train to {city}, what would you recommend for a family of {few} and why?

# conference
Organise a one day workshop for {number} people, from invitations to clean up.
Draw up an agenda for a meeting about {topic}.
Structure a half day training on {subject}.

# speech outline
Outline a talk about {topic} in five sections.
How should I structure an essay on {topic}?
Draft an outline for a thesis in {subject}.

# school
Work out a homework timetable for my {relative}.
How can a child of {few} catch up in {subject} before the holidays?
Create a four week plan for learning the multiplication tables.

# exam strategy
I have {few} hours left before the exam, what do I concentrate on?
What's the best order in which to revise {subject}, {subject} and {subject}?

# job search
Help me set up a strategy for finding a job as a {job}.
What steps should I take after losing my job?
Prepare me for an interview as a {job}, stage by stage.

# team conflict
Two people in my team no longer talk, how do I go about solving that?
How would you handle a {job} who is always late, step by step?

# offers
I have two offers, one pays {amount} more but is an hour away, which should I take?
Evaluate these three flats: one is cheap, one is central, one has a garden.
Score the options by price, comfort and time, and tell me the winner.

# insurance
Do I need insurance for a trip to {country}? Weigh risk against cost.
Which is wiser, paying off the house early or investing {amount} a month?

# investments
How should someone of {some} with {amount} euros spread their savings?
Compare a savings account with shares over {few} years.

# heating
Is it worth replacing the old heater, given that gas costs {few} cents and a new one {amount} euros?
Calculate when solar panels for {amount} euros would pay for themselves and explain the steps.

# speed problem
A car does {number} kilometres on {few} litres, how far does it get on a full tank of fifty and what does the trip cost?
If I walk at {few} kilometres an hour and rest ten minutes every hour, how long do I need for {number} kilometres?
Two runners circle a track, one in {few} minutes and one in {few}, after how long are they together again?

# money problem
{person} earns twice as much as {person}, together they have {amount}, how much does each of them get?
Three friends share a bill so that {person} pays double, what does each one pay of {amount} euros?
I sold a bike for {amount}, which was a loss of a fifth, what had I paid?

# number puzzle
I'm thinking of a number, if you double it and add {few} you get {number}, what is it?
Find three numbers in a row that add up to {number}.
What comes next in the series two, six, twelve, twenty?

# geometry problem
A garden is twice as long as wide and has {number} metres of fence, how big is it?
How many tiles of {few} by {few} do I need for a floor of {number} square metres, with some waste?

# combinations
How many ways are there to seat {few} people around a table?
In how many ways can I pay {number} cents, and why?

# riddle of truth
{person} says {person} lies and {person} says both lie, who tells the truth?
You have {few} coins and one is lighter, how do you find it with two weighings?
Four people cross a bridge at night with one torch, what is the fastest order?

# games
What is a good opening strategy in chess for a beginner, and what follows from it?
How should I play when I have {few} cards left and no trumps?

# what if
What if I sold the car and used taxis, would that save money?
Suppose rents fell by half in {city}, what would happen next?
If everyone worked four days, what would change for shops and schools?

# causes
Why might sales of {thing} have dropped in {month}, and how would we check each reason?
The bill for electricity doubled, go through the possible causes with me.
Find out with me why I always sleep badly on {day}.

# garden works
I want to turn the lawn into a meadow, how do I go about it over the year?
Lay out when to prune, sow and feed in a garden in {country}.

# home works
Walk me through painting the {room}, from preparing to the last coat.
How do I insulate the attic, what do I need and in which order do I work?

# dinner timing
I'm cooking {dish}, {dish} and {dish} for eight o'clock, when do I start what?
Coordinate a three course menu with one oven and two pans.

# shopping strategy
Work out what to buy for {few} days of camping for {few} people.
How do I feed a family of five on {number} euros a week?

# fitness
Get me from the sofa to {few} push-ups a day, how do I build that up?
I want to lose {few} kilos by {month}, what is a healthy way to do that week after week?

# habits
How can I get up earlier without being tired, in small steps?
Devise a system that makes me practise {language} every day.

# family calendar
Arrange the week so that {person} has football, {person} has piano and somebody is home by {hour}.
Who drives whom on {day} if we have one car and three appointments?

# move of a firm
How do we bring {number} people from the old office to the new one over a weekend?
Lay out the risks of launching in {month} and what we would do about each.

# charity
Organise a fun run that raises {amount} euros for the school.
How do we go about starting a club for {subject} in our village?

# legal steps
What do I have to do, in order, when my landlord does not return the deposit?
Which steps are necessary to found a company in {country}?

# choose a pet
Which animal suits a family with little time and a balcony? Consider the alternatives.
Would a {animal} or a {animal} be the better pet for us, given that we travel a lot?

# choose studies
Which is the more sensible degree for somebody who likes {subject} and people?
Rank these careers for me by pay, hours and chances: {job}, {job}, {job}.
"""

HARD = """
# write me a plan
Write me a plan for the next {few} weeks.
Can you write me a plan to get fit by {month}?
Write down a strategy for me to stop smoking.

# short plans
Itinerary for {city}.
Weekend plan for {city} please.
Budget for a week in {country}.
Study timetable for {subject}.

# casual planning
So we've got {few} days off and no idea what to do with them, any structure you could put on that?
Right, big week ahead, how do I fit it all in?
Okay think hard about this one, how do I tell my boss I'm leaving and when?

# which is the better deal
Is the {few} kilo bag for {few} euros a better deal than the {few} kilo one for {number}?
What works out cheaper for {few} people, the train or the car to {city}?
Is a yearly ticket worth it if I ride {few} times a week?

# plan with code words
How should I plan learning to program over the next {few} months?
Which programming language should I learn first if I want a job in {city}, and in what order the others?
Compare becoming a web developer with becoming a {job}.

# plan with tool words
Work out how many alarms and when I need to catch a flight at {hour} without panic.
How do I organise my notes for {subject} so that I find things again?

# told at length and to be worked out
{passage} How should we proceed, one step after the other?
{passage} Given all that, what are our options and which would you choose?

# told at length and to be decided
Weigh this up for me. {passage}

# planning questions that sound like talk
What do we do with grandma on {day} if it rains and the car is broken?
So if {person} comes at {hour} and {person} at {hour}, who cooks and who fetches the children?
I've got {amount} euros, a tent and two weeks, what now?

# planning without the word
Where do I begin if I want to open a café?
What has to happen before we can sell the flat?
Talk me through getting a driving licence in {country}.
"""
