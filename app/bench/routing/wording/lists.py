"""What stands for the slots of the phrases.

Most lists serve every role alike, so that a town or a name gives nothing away; `plang`, `does` and `amount` belong to
their role as they do in life. The lists of the spoken corpora serve as well.
"""

from __future__ import annotations

from app.bench.corpus.templates import LISTS

SLOTS: dict[str, tuple[str, ...]] = {
    **LISTS,
    "few": tuple(str(number) for number in range(2, 13)),
    "date": ("1st", "2nd", "3rd", "5th", "8th", "11th", "14th", "19th", "21st", "23rd", "27th", "30th"),
    "amount": ("120", "250", "400", "750", "900", "1200", "1500", "2340", "5000", "12000"),
    "topic": (
        "climate change", "the school trip", "the new kitchen", "bees", "the election", "old films", "the neighbours",
        "sleep", "the holiday", "solar power", "the garden", "football", "rising rents", "space travel", "chess",
        "the birthday", "coffee", "the car", "dinosaurs", "the heating",
    ),
    "subject": (
        "history", "biology", "chemistry", "economics", "physics", "geography", "music theory", "statistics",
        "philosophy", "astronomy",
    ),
    "job": ("nurse", "teacher", "baker", "lawyer", "driver", "gardener", "journalist", "designer", "cook", "pilot"),
    "plang": ("Python", "Java", "JavaScript", "C", "C++", "Rust", "Go", "Ruby", "PHP", "TypeScript", "Bash", "Kotlin"),
    "passage": (
        "The bridge over the river was closed in spring because cracks had been found in two of its pillars. Until the "
        "repair is done, cars take the long way through the next village, and shops complain of fewer customers.",
        "Bees find their way by the sun and by landmarks. When one of them has found flowers, she dances in the dark "
        "hive, and the others read from the dance how far they must fly and in which direction.",
        "Our landlord wants to put in new windows this autumn. The work will take three weeks, the rent goes up by a "
        "tenth, and in return the flat should be warmer and quieter than it has been for years.",
        "In the old days salt was worth so much that roads were named after it. It kept meat and fish through the "
        "winter, towns grew rich on its tax, and smugglers risked their lives for a few sacks.",
        "The school has one gym and four classes that want to use it on Friday. Two of them train for a match, one has "
        "no other lesson that day, and the last would be content with the yard if it does not rain.",
        "My grandmother left a box of letters from a man nobody in the family knows. They were posted in three "
        "countries, the last one in the year that my mother was born, and all of them are signed with one letter.",
        "A new ferry shall connect the islands from next year. It carries forty cars, runs on batteries, and needs an "
        "hour where the old one needed forty minutes, which not everybody on the islands is pleased about.",
        "The team has lost five matches in a row, although it has more of the ball than any other. The coach says that "
        "it is bad luck, the fans say that it is the coach, and the board meets on Monday.",
    ),
    "does": (
        "counts the words in a file", "checks whether a number is prime", "removes duplicates from a list",
        "downloads a web page", "sorts people by age", "finds the longest word", "converts Celsius to Fahrenheit",
        "reads a CSV file", "generates random passwords", "merges two sorted lists", "validates an e-mail address",
        "draws a triangle of stars",
    ),
}  # fmt: skip
