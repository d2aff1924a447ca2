"""The words of a sum as signs: "divided by" is "/", "to the power of" is "^", "twelve" is a number.

A word that belongs to no sum ends it: the whole text is then none. What the signs mean together is the parser's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.tools.arithmetic.rounding import grouped, plain
from app.tools.english import numerals


@dataclass(frozen=True, slots=True)
class Sign:
    """kind: "number", "fraction" (in words) or one of the signs below; value and words only of numbers."""

    kind: str
    value: Fraction = Fraction(0)
    words: str = ""


_WORDS = {
    "+": "plus|added to|increased by",
    "-": "minus|take away|decreased by|reduced by",
    "*": "times|multiplied by|multiplied with|x",
    "/": "divided by|over",
    "^": "to the power of|to the power|**",
    "%": "percent|pct",
    "mod": "mod|modulo|modulus",
    "squared": "squared",
    "cubed": "cubed",
    "factorial": "factorial",
    "factorial of": "factorial of",
    "square root": "square root of|square root|sqrt|sqrt of",
    "cube root": "cube root of|cube root|cubic root of|cbrt",
    "square of": "square of",
    "cube of": "cube of",
    "of": "of",
    "off": "off|off of|discount on",
    "out of": "out of",
    "tip": "tip on|tip for|tip on a bill of",
    "negative": "negative",
    "double": "double|twice",
    "triple": "triple|thrice",
    "add": "add|if you add",
    "subtract": "subtract|take|deduct|if you subtract|if you take",
    "multiply": "multiply|if you multiply",
    "divide": "divide|if you divide",
    "increase": "increase",
    "decrease": "decrease|reduce",
    "to": "to",
    "from": "from",
    "by": "by|with",
    "and": "and",
    "sum": "sum of|total of",
    "product": "product of",
    "average": "average of|mean of|arithmetic mean of",
    "difference": "difference between|difference of",
    "remainder": "remainder of|remainder when|remainder if|remainder when you divide|remainder if you divide",
    "divided": "is divided by",
    "what percent of": "what percent of|what percentage of|how many percent of",
    "what percentage": "what percent|what percentage|how many percent",
    "as percentage of": (
        "as a percentage of|as a percent of|as percentage of|as percent of|in percent of|out of in percent"
    ),
    "as percentage": "as a percentage|as a percent|as percentage|as percent|in percent|to percent|to a percentage",
    "as decimal": "as a decimal|as decimal|as a decimal number|in decimal|to a decimal|to decimal",
    "is": "is|are|equals|equal",
    ",": ",|;",
    "(": "(|[|open parenthesis|open bracket",
    ")": ")|]|close parenthesis|close bracket",
}
_SAME = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "%": "%", "!": "factorial"}
_NOISE = frozenset({"the", "raised"})

_PHRASES: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _kind, _forms in _WORDS.items():
    for _form in _forms.split("|"):
        _PHRASES.setdefault(_form.split()[0], []).append((tuple(_form.split()), _kind))
for _choices in _PHRASES.values():
    _choices.sort(key=lambda choice: -len(choice[0]))

VOCABULARY = frozenset(["root", "power", *_PHRASES, *_SAME, *_NOISE, *numerals.NUMBER_WORDS, *numerals.ORDINALS])
_LONGEST = 80  # signs


def signs(tokens: Sequence[str]) -> list[Sign] | None:
    """The signs of a sum, None if a token belongs to none."""
    found: list[Sign] = []
    at = 0
    while at < len(tokens):
        if len(found) > _LONGEST:
            return None
        step = _power_or_root(tokens, at) or _number(tokens, at) or _phrase(tokens, at)
        if step is None:
            if tokens[at] not in _NOISE:
                return None
            at += 1
        else:
            sign, at = step
            found.extend(sign)
    return found


def _number(tokens: Sequence[str], at: int) -> tuple[list[Sign], int] | None:
    read = numerals.number(tokens, at)
    if read is None:
        return None
    value, end = read
    if numerals.fraction(tokens, at) == read:
        return [Sign("fraction", value, " ".join(tokens[at:end]))], end
    as_written = end == at + 1 and tokens[at][0].isdigit() and "e" not in tokens[at]
    return [Sign("number", value, tokens[at] if as_written else say(value))], end


def say(value: Fraction) -> str:
    """A number that was spoken, in digits; a fraction that has no short decimals as it is."""
    if value.denominator == 1:
        return grouped(int(value))
    return plain(value, 12) if value * 10**12 % 1 == 0 else f"{value.numerator}/{value.denominator}"


def _phrase(tokens: Sequence[str], at: int) -> tuple[list[Sign], int] | None:
    for form, kind in _PHRASES.get(tokens[at], ()):
        if tuple(tokens[at : at + len(form)]) == form:
            return [Sign(kind)], at + len(form)
    return ([Sign(_SAME[tokens[at]])], at + 1) if tokens[at] in _SAME else None


def _power_or_root(tokens: Sequence[str], at: int) -> tuple[list[Sign], int] | None:
    """Powers and roots named by an ordinal: "to the tenth (power)", "fourth root of"."""
    if list(tokens[at : at + 2]) == ["to", "the"] and (place := numerals.ordinal(tokens, at + 2)) is not None:
        end = place[1] + (place[1] < len(tokens) and tokens[place[1]] == "power")
        return [Sign("^"), Sign("number", Fraction(place[0]), str(place[0]))], end
    place = numerals.ordinal(tokens, at)
    if place is not None and list(tokens[place[1] : place[1] + 2]) == ["root", "of"]:
        return [Sign("nth root", Fraction(place[0]), ordinal_digits(place[0]))], place[1] + 2
    return None


def ordinal_digits(place: int) -> str:
    """ "1st", "2nd", "3rd", "4th", "11th"."""
    ending = "th" if 10 < place % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
