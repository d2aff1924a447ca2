"""The verdict compares claims, not wording."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant.planner import weigh
from app.assistant.verdict import Opinion, judge
from app.assistant.verdict.claims import extract

PAIRS = [
    ("What is the capital of France?", "The capital of France is Paris.", "Paris.", "agree"),
    ("What is the capital of France?", "The capital of France is Lyon.", "The capital of France is Paris.", "correct"),
    ("What is 12 times 7?", "12 x 7 = 72.", "12 times 7 is 84.", "correct"),
    ("What is 12 times 7?", "It is eighty-four.", "12 times 7 is 84.", "agree"),
    ("How many days are in a week?", "Seven.", "There are 7 days in a week.", "agree"),
    ("How far is it?", "12 km.", "It is twelve kilometres away.", "agree"),
    ("How far is it?", "12 km.", "It is twelve miles away.", "correct"),
    ("Is a whale a fish?", "Yes, a whale is a fish.", "No, a whale is a mammal.", "correct"),
    ("Can penguins fly?", "Penguins can fly.", "Penguins cannot fly.", "correct"),
    ("Can penguins fly?", "Penguins can't fly.", "Penguins do not fly.", "agree"),
    ("Who wrote Hamlet?", "William Shakespeare wrote Hamlet.", "Hamlet was written by Shakespeare.", "agree"),
    ("Who wrote Hamlet?", "Shakespeare.", "William Shakespeare wrote Hamlet around the year 1600.", "add"),
    ("What is the opposite of hot?", "The opposite of hot is warm.", "The opposite of hot is cold.", "correct"),
    ("What colour is the sky?", "Blue.", "The sky looks blue because air scatters short wavelengths strongly.", "add"),
    ("How many people live there?", "About 2,100,000.", "Roughly 2.1 million people live there.", "agree"),
    ("When was that?", "In 1969.", "In 1996.", "correct"),
    ("What is it?", "", "A cat.", "correct"),
    ("What is it?", "A cat.", "", "agree"),
    ("What is it?", "A cat.", "I don't know what it is.", "agree"),
    ("What is it?", "I'm not sure.", "A cat.", "correct"),
]

MORE = [
    (
        "What is the tallest building in the world?",
        "The tallest building in the world is the Burj Khalifa in Dubai.",
        "The Burj Khalifa, which stands 828 meters tall in Dubai.",
        "add",
    ),
    (
        "What is the tallest building in the world?",
        "The Shanghai Tower is the tallest building in the world.",
        "The tallest building in the world is the Burj Khalifa in Dubai, which is 828 metres tall.",
        "correct",
    ),
    ("Who discovered America?", "Christopher Columbus discovered America in 1492.", "Columbus did, in 1492.", "agree"),
    (
        "Who discovered America?",
        "Christopher Columbus discovered America in 1482.",
        "Columbus reached America in 1492.",
        "correct",
    ),
    (
        "How many ounces are in a pound?",
        "There are 12 ounces in a pound.",
        "There are 16 ounces in a pound.",
        "correct",
    ),
    ("How many ounces are in a pound?", "Sixteen.", "A pound has 16 ounces.", "agree"),
    (
        "What is the boiling point of water?",
        "The boiling point of water is 100 degrees Celsius (212 degrees Fahrenheit).",
        "Water boils at 212°F, i.e. 100°C.",
        "agree",
    ),
    (
        "What is the boiling point of water?",
        "Water boils at 90 degrees Celsius.",
        "Water boils at 100 °C at sea level.",
        "correct",
    ),
    ("Is the earth flat?", "No, the Earth is not flat.", "The Earth is round.", "agree"),
    ("Is the earth flat?", "Yes, the Earth is flat.", "No. It is an oblate spheroid.", "correct"),
    (
        "What year did the Titanic sink?",
        "The Titanic sank in 1912.",
        "It sank on 15 April 1912 after hitting an iceberg.",
        "add",
    ),
    ("What year did the Titanic sink?", "1912", "The Titanic sank in the year 1912.", "agree"),
    ("What year did the Titanic sink?", "1921", "1912", "correct"),
    (
        "What is the largest mammal?",
        "The largest mammal is the elephant.",
        "The blue whale is the largest mammal.",
        "correct",
    ),
    (
        "What is the largest mammal?",
        "The blue whale.",
        "The blue whale, which can grow up to 30 meters long and weigh 180 tons.",
        "add",
    ),
    (
        "How do I boil an egg?",
        "Put the egg in boiling water for 10 minutes.",
        "Place the egg into boiling water and wait ten minutes.",
        "agree",
    ),
    ("How do I boil an egg?", "Put the egg in boiling water for 10 minutes.", "Boil it for 3 minutes.", "correct"),
    (
        "Who is the president of France?",
        "I don't have real-time information.",
        "Emmanuel Macron is the president of France.",
        "correct",
    ),
    ("Who is the president of France?", "Emmanuel Macron.", "I don't have real-time information.", "agree"),
    ("What is the weather like in Berlin?", "It's sunny in Berlin.", "It's raining in Berlin.", "correct"),
    ("What's 20% of 50?", "10", "20% of 50 is 10.", "agree"),
    ("What's 20% of 50?", "20% of 50 is 10.", "20% of 50 is 15.", "correct"),
    (
        "What is the distance from Earth to the Sun?",
        "About 93 million miles.",
        "Around 150 million kilometers.",
        "agree",
    ),
    (
        "What is the distance from Earth to the Sun?",
        "About 93 million kilometers.",
        "About 93 million miles.",
        "correct",
    ),
    (
        "When was Albert Einstein born?",
        "Albert Einstein was born on March 14, 1879.",
        "He was born 14 March 1879 in Ulm, Germany.",
        "add",
    ),
    ("When was Albert Einstein born?", "Albert Einstein was born on March 14, 1879.", "1879-03-14", "agree"),
    ("When was Albert Einstein born?", "03/14/1879", "March 14, 1879", "agree"),
    ("What time is it?", "It is 3:30 PM.", "It is half past three.", "agree"),
    ("What time is it?", "It is 3:30 PM.", "It is 3:45 PM.", "correct"),
    (
        "Which is heavier, a kilogram of feathers or a kilogram of steel?",
        "The kilogram of steel is heavier.",
        "They weigh the same.",
        "correct",
    ),
    (
        "Which is heavier, a kilogram of feathers or a kilogram of steel?",
        "They weigh the same.",
        "Both weigh exactly one kilogram, so neither is heavier.",
        "agree",
    ),
    (
        "Is Pluto a planet?",
        "No, Pluto is a dwarf planet.",
        "No, Pluto was reclassified as a dwarf planet in 2006.",
        "add",
    ),
    (
        "What are the colors of the French flag?",
        "Blue, white and red.",
        "The French flag is blue, white, and red.",
        "agree",
    ),
    (
        "What are the colors of the French flag?",
        "Blue, white and green.",
        "The French flag is blue, white, and red.",
        "correct",
    ),
    (
        "Can I eat raw chicken?",
        "It's fine to eat raw chicken.",
        "It's not safe to eat raw chicken; it can carry salmonella.",
        "correct",
    ),
    ("Can I eat raw chicken?", "No, you should not eat raw chicken.", "It's unsafe.", "agree"),
    ("Does the sun rise in the west?", "The sun rises in the west.", "The sun rises in the east.", "correct"),
    ("Where does the sun rise?", "The sun rises in the west.", "The sun rises in the east.", "correct"),
    ("Where does the sun rise?", "In the east.", "The sun comes up in the east.", "agree"),
    ("What's the capital of Brazil?", "The capital of Brazil is Rio de Janeiro.", "Brasília.", "correct"),
    (
        "What's the capital of Brazil?",
        "The capital of Brazil is Brasília.",
        "Brasília has been Brazil's capital since 1960.",
        "add",
    ),
    ("Who wrote Pride and Prejudice?", "Jane Austen.", "It was Jane Austen who wrote Pride and Prejudice.", "agree"),
    ("Who wrote Pride and Prejudice?", "Charlotte Brontë.", "Jane Austen.", "correct"),
    ("What is the square root of 144?", "12.", "The square root of 144 is twelve.", "agree"),
    ("What is the square root of 144?", "The square root of 144 is 14.", "12", "correct"),
    (
        "How many planets are in the solar system?",
        "There are nine planets in our solar system.",
        "There are eight planets: Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune.",
        "correct",
    ),
    (
        "How many planets are in the solar system?",
        "Eight.",
        "There are eight planets: Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune.",
        "add",
    ),
    ("How long is a day on Mars?", "A day on Mars lasts 24 hours and 37 minutes.", "About 24.6 hours.", "agree"),
    ("How long is a day on Mars?", "About 37 hours.", "24 hours and 37 minutes.", "correct"),
    ("What causes tides?", "The moon's gravity.", "Tides are caused by the gravitational pull of the Moon.", "agree"),
    ("What causes tides?", "The wind causes tides.", "The gravity of the Moon and the Sun causes tides.", "correct"),
    (
        "What causes tides?",
        "The gravity of the Moon.",
        "The gravity of the Moon and, to a lesser extent, of the Sun.",
        "add",
    ),
    ("Should I tip in Japan?", "Tipping is expected in Japan.", "Tipping is not expected in Japan.", "correct"),
    ("Should I tip in Japan?", "No, tipping is not customary in Japan.", "There's no need to tip in Japan.", "agree"),
    ("What language is spoken in Austria?", "Austrian.", "German.", "correct"),
    (
        "What language is spoken in Austria?",
        "People in Austria speak German.",
        "German is the official language of Austria.",
        "agree",
    ),
    ("How much does a blue whale weigh?", "Up to 150 tonnes.", "It can weigh up to 150,000 kilograms.", "agree"),
    ("How much does a blue whale weigh?", "About 15 tonnes.", "Up to 150 tonnes.", "correct"),
    ("When is the summer solstice?", "Around June 21.", "On the 20th or 21st of June.", "agree"),
    (
        "Who painted Guernica?",
        "Salvador Dalí painted Guernica.",
        "Guernica was painted by Pablo Picasso in 1937.",
        "correct",
    ),
    ("Who painted Guernica?", "Pablo Picasso.", "Picasso.", "agree"),
    (
        "What is the speed limit in German cities?",
        "50 kilometres per hour.",
        "50 km/h in built-up areas unless signs say otherwise.",
        "add",
    ),
    ("What is the speed limit in German cities?", "30 km/h.", "50 km/h.", "correct"),
    ("Is 7 a prime number?", "7 is prime.", "Yes.", "agree"),
    ("Is 7 a prime number?", "7 is not a prime number.", "Yes, it can only be divided by 1 and itself.", "correct"),
    (
        "How do vaccines work?",
        "They train the immune system.",
        "They train the immune system to recognise a virus by a harmless part of it.",
        "add",
    ),
    (
        "How do vaccines work?",
        "They kill viruses directly.",
        "They don't kill viruses directly; they train the immune system to recognise them.",
        "correct",
    ),
    ("What is the chemical formula of water?", "H2O", "Water is H2O: two hydrogen atoms and one oxygen atom.", "add"),
    ("What is the chemical formula of water?", "HO2", "H2O", "correct"),
    (
        "Which planet is known as the red planet?",
        "Mars.",
        "Mars is known as the Red Planet because of iron oxide on its surface.",
        "add",
    ),
    (
        "Which planet is known as the red planet?",
        "Jupiter is known as the Red Planet.",
        "Mars is known as the Red Planet.",
        "correct",
    ),
    ("What do pandas eat?", "Pandas eat bamboo.", "Bamboo.", "agree"),
    ("What do pandas eat?", "Pandas eat meat.", "Pandas eat mostly bamboo.", "correct"),
    (
        "Tell me something about Rome.",
        "Rome is the capital of Italy.",
        "Rome is the capital of Italy and was founded, according to legend, in 753 BC.",
        "add",
    ),
    (
        "What's the time difference between London and New York?",
        "Five hours.",
        "New York is 5 hours behind London.",
        "agree",
    ),
    ("What's the time difference between London and New York?", "Six hours.", "Usually five hours.", "correct"),
    ("How old is the universe?", "13.8 billion years.", "The universe is about 13.8 billion years old.", "agree"),
    (
        "How old is the universe?",
        "About 4.5 billion years.",
        "The universe is about 13.8 billion years old; 4.5 billion years is the age of the Earth.",
        "correct",
    ),
]
"""Written after resources/verdict/pairs.jsonl; the judge was mended on these too."""


@pytest.mark.parametrize(("question", "first", "second", "verdict"), PAIRS + MORE)
def test_judges_claims(question: str, first: str, second: str, verdict: str) -> None:
    judged = judge(question, first, second)
    assert judged.verdict == verdict, judged
    assert 0 <= judged.confidence <= 1
    assert judged.why


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("two hundred and five", {(205.0, "")}),
        ("twenty-one degrees", {(21.0, "degree")}),
        ("one thousand nine hundred sixty nine", {(1969.0, "")}),
        ("six five", {(6.0, ""), (5.0, "")}),
        ("384,400 km", {(384400.0, "km")}),
        ("3.5 litres", {(3.5, "l")}),
        ("50 %", {(50.0, "%")}),
        ("$20", {(20.0, "$")}),
        ("two million", {(2_000_000.0, "")}),
        ("one of them", set()),
    ],
)
def test_reads_numbers(text: str, numbers: set[tuple[float, str]]) -> None:
    assert {(quantity.value, quantity.unit) for quantity in extract(text).quantities} == numbers


def test_the_same_model_must_be_unanimous_to_correct() -> None:
    divided = weigh("What is 6 times 7?", "It is 40.", ["42.", "42.", "44."], same_model=True)
    assert (divided.verdict, divided.text) == ("agree", "")
    united = weigh("What is 6 times 7?", "It is 40.", ["42.", "It is 42.", "42."], same_model=True)
    assert (united.verdict, united.text) == ("correct", "42.")


def test_a_larger_model_needs_a_majority() -> None:
    assert weigh("What is 6 times 7?", "It is 40.", ["42.", "42.", "44."], same_model=False).verdict == "correct"
    assert weigh("What is 6 times 7?", "It is 40.", ["42.", "43.", "44."], same_model=False).verdict == "agree"


def test_an_answer_that_failed_is_replaced_by_any_opinion() -> None:
    replaced = weigh("What is 6 times 7?", "", ["42.", "43.", "44."], same_model=True)
    assert (replaced.verdict, replaced.text) == ("correct", "42.")


@pytest.mark.parametrize("sure", [0.5, 0.95])
def test_the_planners_own_opinion_counts_only_where_the_claims_leave_it_open(sure: float) -> None:
    question, first = "Why do cats purr?", "Because they are content."
    other = "Purring may also calm a frightened animal."
    undecided = judge(question, first, other)
    assert (undecided.verdict, undecided.confidence <= 0.5) == ("agree", True)
    assert judge(question, first, other, opinion=Opinion("add", sure)).verdict == ("add" if sure > 0.8 else "agree")
    assert judge("What is 6 times 7?", "42.", "44.", opinion=Opinion("agree", 1.0)).verdict == "correct"
    assert judge("What is 6 times 7?", "42.", "", opinion=Opinion("correct", 1.0)).verdict == "agree"


@pytest.mark.parametrize(
    "text", ["", " ", "?", "...", "1", "a", "no", "\n- \n", "," * 3000, "1 " * 3000, "é" * 5000, "in " * 900]
)
def test_any_text_gets_a_verdict(text: str) -> None:
    for question, first, second in (
        (text, text, text),
        ("How many?", text, "7"),
        ("Who?", "Bob", text),
        (text, "a b", text),
    ):
        assert judge(question, first, second).verdict in ("agree", "add", "correct")


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_unicode_gets_a_verdict_and_a_text_never_corrects_itself(question: str, first: str, second: str) -> None:
    judge(question, first, second)
    assert judge(question, first, first).verdict == "agree"
