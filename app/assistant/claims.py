"""What a short answer claims, in a form that can be compared: numbers with units, names, yes or no, negation, content.

English only. Wording is thrown away on purpose: "twelve kilometres" and "12 km" are the same claim. It compares
nothing; `app.assistant.verdict` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Polarity = Literal["yes", "no"]

_ONES = [
    *["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    *["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

_UNITS = {
    unit: canonical
    for canonical, units in {
        "%": "% percent",
        "degree": "° degree degrees °c °f celsius fahrenheit",
        "m": "m metre metres meter meters",
        "km": "km kilometre kilometres kilometer kilometers",
        "mile": "mile miles",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "inch": "inch inches",
        "foot": "ft foot feet",
        "kg": "kg kilogram kilograms kilo kilos",
        "g": "g gram grams",
        "pound": "lb lbs pound pounds",
        "l": "l litre litres liter liters",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "second": "s sec second seconds",
        "minute": "min mins minute minutes",
        "hour": "h hr hrs hour hours",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
        "$": "$ dollar dollars",
        "€": "€ euro euros",
    }.items()
    for unit in units.split()
}

_STOP = frozenset(
    re.findall(
        r"\w+",
        """a an the is are was were be been being am of in on at to for from by with and or but as that this
        these those it its he she they we you i his her their our your my there here which who whom what
        when where why how do does did has have had will would can could should may might must so than then
        also very just about into over after before called known s re ve ll d m not no yes nor never none
        answer means mean name made make way one some any such each other more most many much""",
    )
)
_NEGATIONS = frozenset(["not", "no", "never", "none", "nothing", "neither", "nor", "cannot", "without"])
_HEDGE = re.compile(
    r"\b(i (do not|don't|can't|cannot|could not|couldn't) (know|answer|tell|help|find|say|determine|provide|access)"
    r"|i('m| am) (not sure|unable|sorry|not able)|(as an ai|no idea)|i have no (idea|information|access))",
    re.IGNORECASE,
)
_WORD = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+|[%$€°][cCfF]?|[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a text claims. `numbers` are (value, unit or ""); `names` and `content` are lower case."""

    numbers: frozenset[tuple[float, str]]
    names: frozenset[str]
    polarity: Polarity | None
    negated: bool
    hedged: bool
    content: frozenset[str]

    @property
    def empty(self) -> bool:
        return not (self.numbers or self.names or self.polarity or self.content)


def extract(text: str) -> Claims:
    """The claims of `text`; all sets empty for an empty text."""
    text = text.replace("’", "'")
    words = _WORD.findall(text)
    lower = [word.lower() for word in words]
    return Claims(
        numbers=frozenset(_numbers(lower)),
        names=frozenset(_names(text)),
        polarity=_polarity(lower),
        negated=sum(w in _NEGATIONS or w.endswith("n't") for w in lower) % 2 == 1,
        hedged=bool(_HEDGE.search(text)),
        content=frozenset(_stem(w) for w in lower if _is_content(w)),
    )


def _is_content(word: str) -> bool:
    if word in _NEGATIONS or word.endswith("n't"):
        return False
    return len(word) > 1 and word.isalpha() and word not in _STOP and word not in _SMALL and word not in _SCALES


def _stem(word: str) -> str:
    """Plurals and verb endings off: enough to see that "lives" and "live" are one word."""
    for ending, shortest in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= shortest and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _numbers(words: list[str]) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    i = 0
    while i < len(words):
        value, used = _number_at(words, i)
        if used == 0:
            i += 1
            continue
        before = words[i - 1] if i else ""
        after = words[i + used] if i + used < len(words) else ""
        unit = _UNITS.get(after, "") or (before if before in "$€" else "")
        # "one" alone is more often a pronoun than a number ("one of the ...")
        if words[i : i + used] != ["one"] or unit:
            found.append((value, unit))
        i += used
    return found


def _number_at(words: list[str], start: int) -> tuple[float, int]:
    """The number that begins at `start`, in digits or words, and how many words it takes (0: none)."""
    first = words[start]
    if first[0].isdigit():
        value, used = float(first.replace(",", "")), 1
        scale = _SCALES.get(words[start + 1]) if start + 1 < len(words) else None
        return (value * scale, 2) if scale else (value, used)
    total, current, used = 0.0, 0.0, 0
    for offset, word in enumerate(words[start:]):
        if word in _SMALL and _may_follow(current, _SMALL[word], used):
            current += _SMALL[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word in _SCALES and word != "hundred" and used:
            total, current = total + max(current, 1) * _SCALES[word], 0.0
        elif (
            word == "and"
            and used
            and words[start + offset - 1] in _SCALES
            and _starts_number(words, start + offset + 1)
        ):
            continue
        else:
            break
        used = offset + 1
    return total + current, used


def _may_follow(current: float, value: int, used: int) -> bool:
    """Whether "five" may follow: "twenty five" and "two hundred five" are one number, "six five" are two."""
    return used == 0 or (current % 100 == 0) or (current % 100 >= 20 and current % 10 == 0 and 0 < value < 10)


def _starts_number(words: list[str], index: int) -> bool:
    return index < len(words) and words[index] in _SMALL


def _names(text: str) -> list[str]:
    """Capitalised words within sentences; at their start only if they stand alone or begin a name of two words."""
    names: list[str] = []
    for sentence in re.split(r"[.!?:;\n]+", text):
        words = re.findall(r"[^\W_][\w'-]*", sentence)
        for position, word in enumerate(words):
            if not word[0].isupper() or word.lower() in _STOP or word.lower() in _SMALL or word.startswith("I'"):
                continue
            if position > 0 or len(words) == 1 or (len(words) > 1 and words[1][0].isupper()):
                names.append(word.lower().removesuffix("'s"))
    return names


def _polarity(words: list[str]) -> Polarity | None:
    if not words:
        return None
    if words[0] in {"yes", "yeah", "yep", "correct", "true"}:
        return "yes"
    return "no" if words[0] in {"no", "nope", "false", "incorrect"} else None
