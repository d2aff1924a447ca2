"""Rules that put abbreviations into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.tracked import Tracked

_STREET = re.compile(r"(?<=\w )St\.(?= *$|[,;:]| (?![A-Z]))")
_WORDS_APART = re.compile(r"(?<=\w)/(?=\w)")


def expand(text: Tracked, language: Language) -> Tracked:
    """Abbreviations as the words that they stand for."""
    text = text.sub(_pattern(language, "before_numbers"), lambda match: _spaced(language.before_numbers, match))
    text = text.sub(_pattern(language, "after_numbers"), lambda match: _expanded(language.after_numbers, match))
    if language.code == "en":
        text = text.sub(_STREET, lambda match: _expanded({"St.": "Street"}, match))
    return text.sub(_pattern(language, "abbreviations"), lambda match: _general(match, language))


def split_words(text: Tracked) -> Tracked:
    """ "and/or" as two words. After units and fractions, which need the stroke."""
    return text.sub(_WORDS_APART, " ")


@lru_cache(maxsize=64)
def _pattern(language: Language, kind: str) -> re.Pattern[str]:
    table: Mapping[str, str] = getattr(language, kind)
    words = "|".join(
        re.escape(word).replace(r"\ ", r"[ \u00a0\u202f]?") for word in sorted(table, key=len, reverse=True)
    )
    match kind:
        case "before_numbers":
            return re.compile(rf"(?<![\w.])(?:{words})(?=[ \u00a0]?[0-9])")
        case "after_numbers":
            return re.compile(rf"(?<=[0-9])(?:[ \u00a0]?)(?:{words})(?!\w)")
        case _:
            # A sentence may begin with one that is otherwise written small.
            return re.compile(rf"(?<![\w.])(?:{words}|(?-i:(?=[A-Z]))(?i:{words}))(?!\w)")


def _general(match: re.Match[str], language: Language) -> str | None:
    """None for what is a unit where it stands ("20 min.")."""
    after_number = match.string[: match.start()].rstrip()[-1:].isdigit()
    return None if after_number and match[0] in language.after_numbers else _expanded(language.abbreviations, match)


def _spaced(table: Mapping[str, str], match: re.Match[str]) -> str:
    return _find(table, match[0])


def _expanded(table: Mapping[str, str], match: re.Match[str]) -> str:
    """The words, and the full stop again where it ended the sentence as well."""
    written = match[0].lstrip()
    blank = match[0][: len(match[0]) - len(written)]
    ends = written.endswith(".") and not match.string[match.end() :].strip(" \"'”’)*_")
    return blank + _find(table, written) + ("." if ends else "")


def _find(table: Mapping[str, str], written: str) -> str:
    for key in (written, re.sub(r"[ \u00a0\u202f]", " ", written), re.sub(r"[ \u00a0\u202f]", "", written)):
        if key in table:
            return table[key]
    bare = re.sub(r"\s", "", written).lower()
    words = next((words for key, words in table.items() if key.replace(" ", "").lower() == bare), written)
    return words[:1].upper() + words[1:]
