"""Rules that put numbers in a text into words: ordinals, years, fractions, ranges, signs, and all that is left."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.numbers import NUMBER, cardinal, digits, fraction, in_words, ordinal, read_number, year
from app.engines.voice.speakable.tracked import Tracked

_ALONE = r"(?<![\w.,])"
"""Not within a word or another number."""

_VULGAR = re.compile(r"([0-9]+)?[ \u00a0\u2009]?([¼½¾⅐-⅞])")
_MIXED = re.compile(_ALONE + r"(?:([0-9]{1,4})[ \u00a0])?([0-9]{1,3})[/⁄]([0-9]{1,4})(?![\w/]|[.,][0-9])")
_VERSION = re.compile(r"(?<![\d.,])[0-9]+(?:\.[0-9]+){2,}(?![\d])")
_RANGE = re.compile(rf"{_ALONE}({NUMBER})(?:[-–—]| [–—] )({NUMBER})(?![\w-])")
_SIGNED = re.compile(rf"(?<![\w.,)])[-−–]({NUMBER})")
_BARE_FRACTION = re.compile(r"(?<![\w.,])\.(?=[0-9])")
_NAMED = re.compile(r"(?<=[^\W\d])-(?=[0-9])")
_SPACED = re.compile(r"(?<![\w.,] )(?<![\w.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?!\w| [0-9])")
_REST = re.compile(NUMBER)
_DECADE = re.compile(r"(?<!\w)(?:([0-9]{3}0)|['’]?([1-9]0))['’]?s(?!\w)")
_YEAR = re.compile(r"(?<![\w.,$€£–-])(?:(\w+) )?(1[0-9]|20)([0-9]{2})(?![\w%€$£]|[.,–-][0-9])(?! ?[a-z]+s\b)")
_ENGLISH_ORDINAL = re.compile(r"(?<![\w.])([0-9]{1,3}(?:,[0-9]{3})*|[0-9]+)(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
_FRENCH_ORDINAL = re.compile(r"(?<![\w.])([0-9]{1,6})(er|re|ère|nde?|i?[eè]me|e)(?!\w)")
_IBERIAN_ORDINAL = re.compile(r"(?<![\w.])([0-9]{1,4})\.?([ºª])(?!\w)")
_GERMAN_ARTICLES = dict.fromkeys(("der", "die", "das", "jede", "diese"), "e")
_GERMAN_ARTICLES |= dict.fromkeys(
    ("dem", "den", "des", "am", "im", "vom", "zum", "zur", "beim", "bis", "seit", "ab", "jeden", "einen"), "en"
)
_GERMAN_ORDINAL = re.compile(rf"(?<!\w)({'|'.join(_GERMAN_ARTICLES)}) ([0-9]{{1,3}})\.(?= \w)", re.IGNORECASE)
_GERMAN_DECADE = re.compile(r"(?<!\w)([0-9]{3}0|[1-9]0)er(?!\w)")


def spell(text: Tracked, language: Language) -> Tracked:
    """Every digit of `text` as a word."""
    text = text.sub(_BARE_FRACTION, "0.").sub(_NAMED, " ")
    text = text.sub(_VULGAR, lambda match: _vulgar(match, language))
    text = _special(text, language)
    text = text.sub(_MIXED, lambda match: _mixed(match, language))
    text = text.sub(_VERSION, lambda match: _version(match, language))
    text = text.sub(_RANGE, lambda match: _range(match, language))
    text = text.sub(_SIGNED, lambda match: f"{language.minus} {match[1]}")
    return text.sub(_REST, lambda match: _apart(match, _number(match[0], language)))


def join_thousands(text: Tracked, language: Language) -> Tracked:
    """Thousands apart by plain spaces ("1 234"), where that is how they are written, as one number."""
    if not language.long_decimals:
        return text
    return text.sub(_SPACED, lambda match: match[0].replace(" ", "\u00a0"))


def _special(text: Tracked, language: Language) -> Tracked:
    """What only this language writes: ordinals, decades, years."""
    match language.code:
        case "en":
            text = text.sub(_DECADE, lambda found: _decade(found, language))
            text = text.sub(_ENGLISH_ORDINAL, lambda found: ordinal(int(found[1].replace(",", "")), language))
            return text.sub(_YEAR, lambda found: _year(found, language))
        case "de":
            text = text.sub(_GERMAN_ORDINAL, lambda found: _german(found, language))
            text = text.sub(_GERMAN_DECADE, lambda found: year(int(found[1]), language) + "er")
            return text.sub(_YEAR, lambda found: _year(found, language))
        case "fr":
            return text.sub(_FRENCH_ORDINAL, lambda found: _french(found, language))
        case _:
            return text.sub(_IBERIAN_ORDINAL, lambda found: _gendered(int(found[1]), found[2] == "ª", language))


def _number(text: str, language: Language) -> str:
    number = read_number(text, language)
    if number is not None:
        return in_words(number, language)
    return re.sub("[0-9]+", lambda found: f" {digits(found[0], language)} ", text)


def _apart(match: re.Match[str], words: str) -> str:
    """Words with a space where the text has a letter next to them ("mp3", "H2O")."""
    text = match.string
    before = " " if match.start() and (text[match.start() - 1].isalpha() or text[match.start() - 1] in "-_") else ""
    after = " " if match.end() < len(text) and text[match.end()].isalpha() else ""
    return before + words + after


def _vulgar(match: re.Match[str], language: Language) -> str:
    above, below = (int(part) for part in unicodedata.normalize("NFKC", match[2]).split("\u2044"))
    return _with_whole(match[1], above, below, language)


def _mixed(match: re.Match[str], language: Language) -> str:
    return _with_whole(match[1], int(match[2]), int(match[3]), language)


def _with_whole(whole: str | None, above: int, below: int, language: Language) -> str:
    part = fraction(above, below, language)
    if part is None:
        part = f"{cardinal(above, language)} {language.over} {cardinal(below, language)}"
    if whole is None:
        return part
    if (above, below) == (1, 2) and language.code == "de":
        return cardinal(int(whole), language).removesuffix("s") + language.half_after
    if (above, below) == (1, 2):
        part = language.halves[2][0]
    return f"{cardinal(int(whole), language)} {language.and_word} {part}"


def _version(match: re.Match[str], language: Language) -> str | None:
    number = read_number(match[0], language)
    if number is not None:
        return None
    parts = (cardinal(int(part[:9]), language) for part in match[0].split("."))
    return _apart(match, f" {language.dot} ".join(parts))


def _range(match: re.Match[str], language: Language) -> str | None:
    ends = [read_number(match[1], language), read_number(match[2], language)]
    if ends[0] is None or ends[1] is None:
        return None
    first, last = match[1], match[2]
    if len(first) == 4 and 1100 <= ends[0].value < 2100 and len(last) in (2, 4):
        return f"{year(int(first), language)} {language.range} {year(int(first[: 4 - len(last)] + last), language)}"
    return f"{in_words(ends[0], language)} {language.range} {in_words(ends[1], language)}"


def _decade(match: re.Match[str], language: Language) -> str:
    words = year(int(match[1]), language) if match[1] else cardinal(int(match[2]), language)
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def _year(match: re.Match[str], language: Language) -> str | None:
    """Four bare digits are a year after such a word ("in"), and when they could be one of the last centuries'."""
    number = int(match[2] + match[3])
    if (match[1] or "").lower() in language.year_words or (language.code == "en" and 1700 <= number < 2100):
        return f"{match[1]} {year(number, language)}" if match[1] else year(number, language)
    return None


def _german(match: re.Match[str], language: Language) -> str:
    ending = _GERMAN_ARTICLES[match[1].lower()]
    return f"{match[1]} {ordinal(int(match[2]), language).removesuffix('e')}{ending}"


def _french(match: re.Match[str], language: Language) -> str | None:
    number, feminine = int(match[1]), match[2] in ("re", "ère", "nde")
    if number == 1:
        return "première" if feminine else "premier"
    if match[2].startswith("nd"):
        return ("seconde" if feminine else "second") if number == 2 else None
    return ordinal(number, language)


@lru_cache(maxsize=256)
def _gendered(number: int, feminine: bool, language: Language) -> str:
    words = ordinal(number, language)
    return words[:-1] + "a" if feminine and words.endswith("o") else words
