"""Phrases of the role `dialogue`: talk, facts and feelings, and whatever Duet does not understand."""

EASY = """
# greeting
Good morning, how are you?
Hello there, did you sleep well?
Hi, it's me again.

# goodbye
See you {then}.
Good night, sleep tight.
I'm off, bye for now.

# thanks
Thanks, that helped a lot.
Thank you so much for explaining.
Great, that's all I needed.

# backchannel
Uh-huh.
Okay, go on.
Really? Tell me more.
I see.

# yes no
Yes please.
No, not really.
Maybe {then}.

# who are you
What is your name?
Are you a human or a machine?
Who made you?

# your likes
What is your favourite colour?
Do you like {dish}?
What do you do all day?

# feelings low
I feel a bit lonely {when}.
I had an awful day at work.
I am so tired of everything.

# feelings good
I'm so happy, {person} is coming!
Guess what, I passed my exam.
What a lovely day it has been.

# joke
Tell me a joke.
Do you know a funny one about a {animal}?
Make me laugh.

# story
Tell me a story about a {animal} and a {animal}.
Tell the kids a bedtime story.
Invent a short tale about {person}.

# poem
Write me a poem about {season}.
Make up a rhyme for {person}.
Write a limerick about a {animal}.

# song
Sing me something.
Write a verse for {person}'s birthday.

# riddle
Give me a riddle.
Let's play twenty questions.
Ask me a quiz question about {country}.

# capital
What is the capital of {country}?
Which city is the biggest in {country}?
Where exactly is {city}?

# language spoken
What do people speak in {country}?
Is {language} hard to learn?
How do you say {animal} in {language}?

# population
How many people live in {city}?
Is {city} bigger than {city}?

# river mountain
What is the longest river in {continent}?
Which mountain is the highest in {country}?

# author
Who wrote Romeo and Juliet?
Which books did Jane Austen write?
Who painted the Mona Lisa?

# history
When did the Second World War end?
Who was the first man on the Moon?
Why did the Roman Empire fall?

# leaders
Who was the first president of {country}?
Does {country} have a king?

# science why
Why is the sky blue?
Why do cats purr?
What makes the leaves turn red?

# science how
How do bees make honey?
How does a fridge work?
How do planes stay up?

# space
How far away is the Moon?
What is a black hole?
How many planets are there?

# animals
What does a {animal} eat?
How long does a {animal} live?
Can a {animal} swim?

# body
Why do we yawn?
How many bones does a person have?
What is the heart for?

# health
I have a headache, what helps?
Is it bad to drink coffee at night?
What should I eat when I have a cold?

# weather
Will it rain {then}?
What's the weather like in {city}?
Do I need an umbrella {when}?

# food how
How do I make {dish}?
How long do you boil an egg?
What goes well with {thing}?

# food idea
What should I cook tonight?
Is {dish} good for dinner?

# opinion
What do you think about {topic}?
Do you believe in ghosts?
Who will win on {day}?

# definition
What is a {noun}?
What does ambiguous mean?
Can you explain what inflation is?

# opposite
What is the opposite of {adjective}?
Give me another word for happy.
What rhymes with {color}?

# spelling
How do you spell necessary?
Is it spelled with one l or two?

# colours
What colour is {colored}?
Which colour do you get from {color} and {color}?

# about me
My name is {person}.
I live in {city} with my {relative}.
I work as a {job}.

# about family
My {relative} is called {person}.
My {relative} is coming {when}.
We have two children and a {animal}.

# what I did
I went to {city} last {season}.
Yesterday I played cards with my {relative}.
I just came back from the gym.

# my home
The {room} is really {adjective} {when}.
Our {device} broke down again.

# correction
No, I meant {city}.
Not {day}, I said {day}.
That is not what I asked.

# doubt
Are you sure about that?
I don't think that's right.
How do you know?

# follow up
And what about {country}?
And in {month}?
Why is that?
Who else?

# repeat
Say that again, please.
Sorry, what was that?
Can you speak a bit louder?

# films
Have you seen the film about the {animal}?
What's a good film for {when}?
Who plays the main part in Titanic?

# music
Who sang Yesterday?
What kind of music is {genre}?
I like {genre}, do you?

# sport
How many players are in a football team?
Who holds the record over a hundred metres?
Did you watch the match?

# school facts
What is photosynthesis?
What is the past tense of go?
How many sides does a {whole} have?

# relationships
How do I tell {person} that I'm sorry?
My {relative} is angry with me.
What could I give my {relative} as a present?

# manners
Is it rude to be late in {country}?
How do people greet each other in {country}?

# philosophy
What is the meaning of life?
Can machines think?
Is it ever right to lie?

# money facts
Which currency do they use in {country}?
What is a mortgage?

# nature
Which trees lose their leaves?
What are clouds made of?
When do swallows come back?

# pets
My {animal} won't eat, is that normal?
Our {animal} is so funny.

# plants
How often should I water a cactus?
Do tomatoes need a lot of sun?

# chat about you helping
What can you do?
Can you help me?
I have a question.

# wait
Hold on a second.
Wait, let me think.
Never mind.

# compliment
You're really clever.
That was a beautiful answer.

# insult
You're not very bright, are you?
That was rubbish.

# boredom
I'm bored.
Talk to me about something.
Let's chat a little.

# travel talk
Have you ever heard of {city}?
I've always wanted to see {country}.
Is {country} warm in {month}?

# religion and feasts
Why do we celebrate Easter?
What do people eat at Christmas in {country}?

# news talk
What do you make of {topic}?
People keep talking about {topic}.

# dreams
I dreamt of a {color} {animal} last night.
Do dreams mean anything?

# german
Wie geht es dir heute?
Was ist die Hauptstadt von Italien?
Kannst du mir bitte helfen?
Ich habe morgen keine Zeit.

# french
Quelle heure est-il ?
Je voudrais un café, s'il vous plaît.
Comment tu t'appelles ?

# spanish
¿Dónde está la estación?
Me gusta mucho la música.
¿Qué tiempo hace hoy?

# italian
Dove posso mangiare una pizza?
Oggi fa molto caldo.

# dutch
Hoe laat begint de film?
Ik heb honger.

# polish
Jak się masz?
Dzisiaj pada deszcz.

# other scripts
Привет, как дела?
今日はいい天気ですね
Καλημέρα, τι κάνεις;
مرحبا كيف حالك

# portuguese
Onde fica a praia?
Estou com muita saudade de casa.

# mash
asdf jkl qwer
hhhhh mmm
blub blub blub
xyzzy plugh

# salad
the of lamp seven under
green ideas sleep furiously window
and to the but when of

# marks only
...
?!
:-)
😀😀

# fragments
so um
i was just
well you know the

# small talk about day
How was your day?
What are you up to?
Did anything nice happen {when}?

# small talk weather
It's so {adjective} outside.
I love it when it snows.
What a storm that was last night.

# small talk food
I'm hungry.
We had {dish} for lunch.
I could eat {thing} all day.

# preferences
I prefer {city} to {city}.
My favourite season is {season}.
I can't stand {genre} music.

# encouragement
Wish me luck.
I'm nervous about {day}.
Say something to cheer me up.

# love
I think I'm in love with {person}.
Do you have a girlfriend?
What is love?

# age and time of life
I'm turning {some} {when}.
It's my birthday today!
My {relative} is getting old.

# work talk
My boss is impossible.
I got promoted!
I don't like my new job.

# school talk
My teacher was mean today.
I hate {subject}.
Which subject did you like best?

# kids ask
Are dragons real?
Can fish hear?
Who is stronger, a {animal} or a {animal}?
Where does the sun go at night?

# kids play
Pretend to be a {animal}.
Let's play a game.
What sound does a {animal} make?

# facts people
Who was Albert Einstein?
How tall was Napoleon?
What is Marie Curie known for?

# facts world
Which is the smallest country in the world?
What is the deepest ocean?
Where are the pyramids?
How high is the Eiffel Tower?

# facts language
Where does the word window come from?
What's the plural of mouse?
How many letters does the alphabet have?

# facts numbers
How many legs does a spider have?
How many days are in a leap year?
At what temperature does water boil?

# facts technology
Who invented the telephone?
How do electric cars work?
What does GPS stand for?

# facts health
Are bananas good for you?
How much sleep does one need?
What is a vitamin?

# facts art
Who composed the Ninth Symphony?
What is impressionism?
Which painter cut off his ear?

# facts of history
When was the Berlin wall built?
Who discovered America?
What happened in 1789?

# kitchen
How long does {thing} keep in the fridge?
Can I freeze {dish}?
What can I use instead of {thing}?

# household
How do I get wine out of a carpet?
Why does my {device} hum?
How do I clean a {device}?

# everyday advice
What should I wear {when}?
Is it worth seeing the new film?
Should I call {person} back?

# reactions
Wow!
Oh no.
That's interesting.
How funny.
I don't care.

# apologies
Sorry, I didn't mean that.
Forgive me.
No problem.

# misunderstanding
You misunderstood me.
That makes no sense.
What do you mean?

# more of it
Tell me something else.
Another one, please.
Go on with the story.

# commands to the voice
Talk more slowly.
Stop talking for a moment.
Speak up.

# rumours
Have you heard about {topic}?
They say {city} is lovely in {month}.
Is it true that {animal}s are afraid of mice?

# swedish
Vad heter du?
Jag bor i Stockholm.

# turkish
Nasılsın bugün?
Benim adım Ali.

# german long
Erzähl mir bitte eine kurze Geschichte von einem Hund und einer Katze.
Ich weiß nicht, was ich heute kochen soll.

# french long
Peux-tu me raconter une histoire ?
Je ne sais pas quoi faire ce soir.

# spanish long
Cuéntame un chiste, por favor.
Hoy estoy muy cansado y no quiero trabajar.

# shopping talk
I bought a {color} coat.
The shops are so full before Christmas.
Everything is getting more expensive.

# travel tales
I flew to {city} once.
The train was late again.
We got lost in {city}.
"""

HARD = """
# code words in talk
My son is learning to program at school.
What do you think about Python?
Who invented JavaScript?
I spent all day debugging and now I'm hungry.

# codes that are not programs
What is the dress code for {city}?
Our postcode has changed.
What is Morse code?
The code for the front door is {amount}.

# words of programs in other senses
Is a python bigger than a {animal}?
Where does java coffee come from?
What is the function of the liver?
Which class is {person} in at school?
There is a bug in the {room}.

# more words of programs
I bought a string of pearls.
A ruby is red, isn't it?
My {relative} collects shells from the beach.
Do you like cookies?

# jobs with computers
My {relative} is a software developer.
Is being a programmer a good job?
What does a computer scientist do?

# computers in talk
Who built the first computer?
What is the internet?
Do computers get tired?

# plan words in talk
I have no plans for {day}.
What are you planning?
My plan was to sleep all {when}.
They have a plan to build a tower in {city}.

# trips that are over
We had a wonderful trip to {country}.
The itinerary was too tight, but we loved {city}.
My {relative} planned the whole party on her own.

# decisions that are made
I decided to take the job.
We compared prices and bought the {color} one.
It was a hard decision but I am glad.

# summary words in talk
That's a long book.
What does the word summary mean?
In short, I don't like it.
I read an interesting article about {topic}.

# writing in talk
I wrote a letter to {person}.
My {relative} translates books for a living.
I never was good at grammar.

# languages in talk
I speak {language} and a little {language}.
Is {language} like {language}?
My teacher of {language} is from {city}.

# tool words in talk
Time flies.
I hate my alarm clock.
Who invented the calculator?
What is a calendar?

# more tool words in talk
I never make notes.
Do you have a good memory?
Who discovered electricity and made the first battery?
The list of my troubles is long.

# numbers in talk
I am {some} years old.
There were {number} people at the party.
The film lasts {number} minutes.
It was {some} degrees in {city}.

# write me something
Write me something nice.
Write me a birthday wish for {person}.
Write a love letter to {person}.

# short questions
Why?
And then?
How so?
Which one?

# heard talk
weather be nice to marrow
how our you doing
tell me a jock
what is the cap it all of {country}

# long talk
So yesterday I met {person} in {city} and we had {dish} and talked for hours about {topic}, it was lovely.
You know, when I was young we had no television, and in the evening my {relative} told us about {country}.
I was thinking about my {relative} {when}, we haven't spoken since {month}, and I don't quite know why.

# advice that is short
Should I have {thing} or {thing}?
Tea or coffee?
Which is nicer, {city} or {city}?

# told at length
{passage} What do you think?
{passage} Isn't that odd?
Listen to this. {passage}

# asked at length
{passage} Is that true?
I have read the following and wonder why that is so. {passage}

# time words in talk
Time heals all wounds.
I was late for work again.
What is daylight saving time for?
It took me three hours to get home.

# list and note words in talk
He made a list and checked it twice.
What is a grocery?
That was a false note.
Do you remember your childhood?

# compare words in talk
Nothing compares to summer in {country}.
She always compares me with my {relative}.
We can't agree on anything.

# thinking words in talk
I think so too.
I've been thinking about {person}.
What were you thinking?
That's a difficult question.

# facts with how to
How do people live on islands?
How do I know if a melon is ripe?
How do you pronounce quinoa?
"""
