"""What looks like a question for the exact tools and is none, or could mean two things. Data only."""

from __future__ import annotations

NEAR_MISSES = [
    line.strip()
    for line in """
    what is the meaning of 42
    what is 42
    tell me about the seven years war
    how many days until she calls
    how many days until my birthday
    how many days until I can drive
    how many days did the war last
    how many days until the movie comes out
    who wrote 1984
    what happened in 1976
    what happened on July 4th 1976
    who was born on July 4th 1976
    tell me about 9/11
    what is 9/11
    what is 24/7
    24/7
    are you open 24/7
    what does 24/7 mean
    what is 50/50
    what is 80/20
    what is the 80/20 rule
    what is 4x4
    what is a 2x4
    1920x1080
    what is 1920x1080
    what is 20/20
    what is 7/11
    call 555-1234
    555-1234
    what is 555-1234
    my number is 0171 2345678
    call me at 12 34 56 78
    what is 9-1-1
    dial 911
    1-800-555-0199
    what is 4-4-2
    Germany won 5 - 3
    it ended 5-3
    5-3
    2020-2021
    what is 2020-2021
    what is covid 19
    convert this file to pdf
    convert it to celsius
    convert to metric
    convert the video to mp4
    convert my heart to joy
    how do I convert a pdf to word
    how do you convert fahrenheit to celsius
    what is fahrenheit
    what is the difference between celsius and fahrenheit
    what is the difference between a mile and a kilometer
    what is the difference between love and lust
    the average of all people
    what is the average height of a man
    what is the average age in Japan
    what is the square root
    what is a square root
    explain square roots
    what is a percent
    how do percentages work
    what percent of people are left handed
    what percentage of the earth is water
    10 percent of people are left handed
    give it 110 percent
    I gave it 100 percent
    50 percent chance of rain
    what is half
    half of my friends are gone
    half of the population
    half past seven
    a quarter past nine
    what is a quarter
    three quarters
    twelve
    a dozen eggs
    a dozen
    one hundred
    minus five
    it is minus five degrees outside
    plus one
    can I bring a plus one
    what is google plus
    I called three times
    how many times a day should I eat
    how many times did she win
    two times two friends came
    I was there twelve times 7 years ago
    she won 3 times 2 years in a row
    one plus is a phone brand
    what is one plus one called in french please explain
    7 times as many people
    times square
    what is the new york times
    the times
    what time does the store close
    what time is the game
    what time is dinner
    what time is it on mars
    what time is it in the movie
    what time is it in heaven
    what time is love
    what time was it when she called
    it is time to go
    time flies
    do you have time
    do you have time for me
    have a good time
    time in prison
    the time in between
    what is time
    what is the time complexity of quicksort
    what is a date
    do you want a date
    what is the due date
    what date did the war end
    what day did the war end
    what day works for you
    what day is garbage day
    what day are you free
    what day is it going to rain
    what day was Lincoln shot
    what year was the war
    what year did the war end
    what year is it in the chinese calendar
    when is the next train
    when is dinner
    when is my appointment
    when is your birthday
    when is the election
    when is it going to rain
    when was Lincoln born
    when was the moon landing
    when did the second world war end
    when does spring begin
    when does the shop open
    how long is a mile run
    how long is the movie
    how long is the Nile
    how long until dinner
    how long until the pizza is here
    how long until I die
    how long ago was the ice age
    how long ago did the dinosaurs live
    how long does it take to boil an egg
    how long has it been since we talked
    how far away is the moon
    how far is it to Berlin
    how far is Paris from London
    how tall is the Eiffel tower in meters
    how tall is the Eiffel tower
    how hot is the sun in celsius
    how hot is it outside
    how heavy is an elephant
    how heavy is an elephant in kilos
    how fast is a cheetah in mph
    how many people live in Germany
    how many feet does a centipede have
    how many legs does a spider have
    how many cups of coffee are too many
    how many cups of coffee in a day
    how many calories are in an apple
    how many calories in 100 grams of rice
    how many grams of sugar are in a coke
    how many pounds can I lose in a month
    how many pounds should I weigh
    how many miles is it to Chicago
    how many miles in an hour can you walk
    how many hours should I sleep
    how many hours of sleep do I need in a week
    how many weeks of vacation do I have
    how many weeks pregnant am I
    how many stars are in the sky
    how many inches of rain fell in March
    how many days a week should I train
    how many days do I need in Rome
    how many days are in your plan
    how many days can milk stay in the fridge
    how many days between jobs is normal
    how many years until we land on mars
    how many years ago did Rome fall
    how many years did Mozart live
    how much is a bitcoin
    how much is the fish
    how much is too much
    how much is it
    how much is 5
    how much is enough
    how much is 5 apples and 3 oranges
    how much does a pound of apples cost
    a pound of flesh
    two pounds of apples
    5 miles
    I ran 5 miles in 40 minutes
    I can run 5 miles in an hour
    two cups of flour
    put 2 cups of sugar in a bowl
    he is 5 foot 11
    my son is 3 years and 2 months old
    set a timer for 10 minutes
    set an alarm for 7 30
    remind me in 2 hours
    remind me in 90 days
    remind me 3 days before Christmas
    remind me the day before Christmas
    wake me up at 7
    turn the volume up by 10
    turn it up to eleven
    volume 50 percent
    set volume to 50 percent
    add milk to the list
    add 2 eggs to the list
    add five to the list
    take two of them
    take it off
    take 5
    divide and conquer
    multiply like rabbits
    increase the volume by 10 percent
    double the trouble
    twice a day
    twice
    second
    first of all
    on the other hand
    to the power of love
    to the third floor
    over and over
    three over par
    my blood pressure is 120 over 80
    120 over 80
    what is 120 over 80
    chapter 3 - 5
    page 12 of 80
    2 of 3
    3 out of 4 dentists
    four out of five stars
    one in a million
    the big 5
    what are the 10 commandments
    the 12 days of christmas
    what are the 12 days of christmas
    sing happy birthday
    may I ask something
    march on
    what is april like
    august is a nice name
    april is my sister
    I met June in May
    is May a nice person
    is it a leap year thing
    is the moon a planet
    is 7 a prime number
    is 5 bigger than 3
    friday night lights
    thank god it is friday
    what is black friday
    what is christmas
    why do we celebrate christmas
    merry christmas
    what should I cook for Christmas
    tell me about easter
    easter island
    how is the new year celebrated
    3.14
    what is pi
    what is e
    what is x
    what is i plus u
    x plus y
    x times y
    2x
    what is 5g
    what is 4k
    what is 3d printing
    what is h2o
    what is the 5th element
    the third man
    the sixth sense
    who won in the third
    fifty shades of grey
    catch 22
    area 51
    apollo 13
    route 66
    ocean's eleven
    seven
    se7en
    10 4
    c in f
    f to c
    celsius to fahrenheit
    5 in 3
    3 in 1
    what is 3 in 1
    2 in 1 laptop
    10 to 12
    9 to 5
    nine to five
    square feet
    what is a square foot
    16:9
    what is 16:9
    3:30
    192.168.0.1
    what is 192.168.0.1
    v2.0
    C++
    c plus plus
    what is c plus plus
    5 star hotel
    k 9
    $50
    50 dollars
    what is 50 cents
    who is 50 cent
    convert me
    convert 5
    convert 5 miles
    how old is she
    how old am I
    10–20 %
    1280x900x24
    what is 1280x900x24
    $60 divided by $20 plus the rest
    two weeks before christmas
    a week from tomorrow
    90 days from now
    three days after easter
    in two weeks
    next friday
    tomorrow
    christmas
    60 dollars divided by 3 friends
    a 60 dollar coat
    five dollars
    2 for 5 dollars
    C sharp and C plus plus
    What is 2340 plus nineteen percent VAT?
    How many square feet is a flat of 52 square metres?
    How many grams are 2 cups if a cup is 29?
    Convert 1 p.m. Rome time to mine.
    how many hours is Paris ahead of us
    how many working days are there in July
    how many weeks are left until my brother's birthday on the 11th of October
    how many minutes until midnight
    is a yearly ticket worth it if I ride 2 times a week
    Simulate rolling two dice 400 times in Java.
    water freezes at 0 degrees
    nine point eight one meters per second squared
    plus four nine, three zero, one two three four five six seven
    plus or minus two
    wie viel ist zwölf mal sieben
    combien font douze fois sept
    """.strip().splitlines()
    if line.strip()
]
