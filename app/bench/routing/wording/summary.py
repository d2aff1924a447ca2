"""Phrases of the role `summary`: work on a text that is there: shorten, sum up, rephrase, correct, translate."""

EASY = """
# summarise text
Summarise this text for me.
Give me a summary of the following article about {topic}.
Please summarize the passage below in {few} sentences.

# key points
What are the key points of this report?
Pull the main ideas out of the text I just pasted.
List the most important statements of this article on {topic}.

# shorten
Shorten this paragraph.
Can you cut this message down to half its length?
Make this shorter without losing the meaning.

# one sentence
Put that in one sentence.
Say the whole thing in {few} words.
Boil this essay down to a single line.

# bullets
Turn this text into bullet points.
Rewrite these notes as a list of {few} bullets.

# email summary
Summarise the e-mail from {person} below.
What does {person} want in this long e-mail? Keep it brief.
Condense this mail thread for me.

# meeting minutes
Write minutes from this transcript of our meeting.
Sum up the meeting notes from {day}.
What was decided in this meeting? Here are my notes.

# book
Give me a synopsis of Moby Dick.
Summarise the first chapter of the book.
Recap the story of Romeo and Juliet in {few} sentences.

# film recap
Recap the last season of the series for me without details.
Sum up the plot of the film for somebody who has not seen it.

# conversation
Summarise our talk so far.
Recap what we have said about {topic}.
Give me the gist of this conversation.

# rephrase
Rephrase this sentence so that it sounds friendlier.
Say this in other words: we regret that {topic} is not possible.
How could I word this differently?

# polite
Make this message to my {relative} more polite.
Rewrite this complaint in a calmer tone.

# formal
Make the following letter more formal.
Turn this casual note into a business letter.

# casual
Make this sound less stiff.
Rewrite the invitation as though I were writing to a friend.

# simplify
Simplify this text for a child of {number}.
Put this legal paragraph into plain English.
Explain the following passage in easy words.

# translate paragraph
Translate this paragraph into {language}.
Translate the following sentence to {language}: the meeting is on {day}.
Please put this letter into {language} for me.

# translate back
What does this {language} text say in English?
I got a letter in {language}, give me an English version of it.

# grammar
Correct the grammar in this sentence.
Fix the spelling mistakes in my letter.
Is this sentence correct: she have went to {city}?

# proofread
Proofread my application.
Check this text for typos and punctuation.

# title
Suggest a title for this article.
Find a headline for the text about {topic}.

# subject line
Give me a subject line for this mail.
What would be a good heading for this paragraph?

# tweet
Condense this into a tweet.
Make a caption of at most {number} characters from this.

# abstract
Write an abstract for my paper on {topic}.
Draft a short blurb for the back cover from this description.

# paraphrase
Paraphrase this quotation about {topic}.
Restate the second paragraph in your own words.

# merge
Merge these two paragraphs into one.
Combine both versions of the letter into a single text.

# expand
Expand these keywords into a full paragraph.
Make this text a bit longer, about {number} words.

# extract
List all names and dates that occur in this text.
Pull every phone number out of the message below.

# action items
Which tasks follow from this e-mail?
Extract the to-dos from these meeting notes.

# compare texts
What changed between these two versions of the contract?
In what do these two articles about {topic} disagree?

# clean transcript
Clean up this transcript and remove the ums and ahs.
Put punctuation into this dictated text.

# voice and tense
Put this text into the past tense.
Change the paragraph from passive to active voice.

# person
Rewrite this in the third person.
Change every he to she in the following story.

# digest news
Digest these five news items about {topic} into one paragraph.
Give me the highlights of the newsletter I pasted.

# argument
What is the author's main argument in this piece?
Which conclusions does the study below draw, in brief?

# review digest
Sum up these customer reviews.
What do most of the comments below complain about?

# speech
Shorten my speech to two minutes.
Cut this toast for {person} down to the funny parts.

# cv
Tighten up my CV, it runs over two pages.
Polish the summary section of my resume.

# instructions
Condense these instructions to the essential steps.
Make a short version of this recipe text.

# flow
Improve the flow of this paragraph.
This sentence is clumsy, make it read better.

# poem prose
Turn this poem into plain prose.
Rewrite the fable of the fox as two sentences.

# pasted and summed up
Summarise this: {passage}
Please sum up the following. {passage}
{passage} Sum that up for me.

# pasted and shortened
Shorten this: {passage}
Make it half as long: {passage}

# pasted and translated
Translate into {language}: {passage}
{passage} Put this into {language}, please.

# pasted and mended
Correct the mistakes in this: {passage}
Can you rephrase it? {passage}

# pasted and asked for its point
{passage} What's the main point of this text?
What does this boil down to? {passage}

# what is it about
What is this text about?
In two lines, what does the letter from the bank say?
Tell me briefly what stands in this document.

# skim
I have no time to read all this, what matters?
Give me the essentials of the report.
Skim the article for me and tell me the upshot.

# shorten by number
Cut the following to {number} words.
Bring this down to {few} lines.
Reduce my answer to a single paragraph.

# summary for somebody
Summarise the chapter on {topic} for my class.
Prepare a one page brief of this study for my boss.
Write a short overview of the text for people who missed the meeting.

# message tone
Make this mail sound more confident.
Could you soften the wording of this reply?
This message to {person} is too harsh, word it more kindly.

# rewording sentence
Find a better way to say I am writing to inform you.
How can I say I can't come in a nicer way?
Replace the long words in this sentence by short ones.

# style
Rewrite this paragraph in the style of a news report.
Turn the following description into an advertisement.
Make my story sound more exciting.

# spelling check
Look over this for mistakes.
Are there any spelling errors in the following lines?
Is the comma right in this sentence: when it rains, we stay in?

# translate phrase
Translate good luck with the exam into {language}.
Translate this menu from {language}.
What does this sign in {language} mean in English?

# translate message
Write my message to {person} in {language}.
Put the following lines into simple {language}.
I need this e-mail in {language} by {day}.

# translate check
Is my {language} translation of this sentence correct?
Improve this translation from {language} to {language}.

# notes into prose
Make a proper text out of my notes.
Turn these keywords into an e-mail.
Write these scribbles up as a report.

# table
Put the facts of this text into a table.
Arrange the quotes below by who said them.

# questions about the text
According to the text, why did the ferry stop?
Does the article say anything about {topic}?
Which passage speaks of {topic}?

# outline of text
Outline the structure of this essay.
Split this text into sections with headings.
Mark the three most important sentences in the passage.

# lecture
Sum up the lecture on {subject} that I recorded.
Condense my {subject} notes to one page for revision.
Give me flash card sentences from this chapter.

# letter cut
My cover letter is too long, trim it.
Leave out everything that repeats in this text.
Strip this mail down to what {person} needs to know.

# neutral
Make this review more neutral.
Take the emotion out of this statement.

# keywords
Which keywords describe this text?
Tag the following article with {few} terms.

# chat digest
What did I miss in this group chat?
Catch me up on the messages from {when}.
Boil the discussion below down to who wants what.
"""

HARD = """
# tldr
tldr
TL;DR please.
Short version?
Too long, what's it say?

# write me a summary
Write me a summary of what {person} sent.
Write me a short version of this for my {relative}.
Write me the gist of that.

# heard summary
some arise this article for me
give me a some mary of the text
can you short on this paragraph
some up what i just said

# summary with plan words
Summarise the travel plan below.
Shorten this project plan to one page.
Give me the gist of our budget document.

# summary with code words
Summarise this article about {plang}.
Translate this error report from {language} into English.
Rewrite the readme so that people without knowledge can follow it.

# summary with tool words
Summarise my notes about {topic}.
Condense the list I dictated to its main points.
Give me a digest of what I wrote down on {day}.

# colloquial
Can you make that sound better?
Trim this, would you?
In a nutshell, what is this contract saying?
"""
