"""What a short answer claims, in a form that can be compared: numbers, dates, names, yes or no, negation, content.

English only. Wording is thrown away on purpose: "twelve kilometres" and "12 km" are the same claim. Compares nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from app.assistant.verdict.moments import Moment, moments
from app.assistant.verdict.numerals import NUMBER_WORDS
from app.assistant.verdict.quantities import Quantity, quantities
from app.assistant.verdict.units import UNITS
from app.assistant.verdict.words import FILLER, NEGATIONS, STOP, stem, without_aliases

Polarity = Literal["yes", "no"]

LONGEST = 1000
"""Characters of an answer that are compared: what comes later changes no verdict, and judging stays quick."""

_IGNORANT = re.compile(
    r"\b(?:i (?:do not|don't|really don't|can't|cannot|could not|couldn't|am not able to|can not)"
    r" (?:know|answer|tell|help|find|say|determine|provide|access|look|read|share|give"
    r"|have (?:access|any|that|enough|information))"
    r"|i(?:'m| am) (?:not (?:sure|certain|able|aware)|unable|sorry|afraid)"
    r"|(?:as an ai|no idea|hard to say|not (?:sure|certain|known to me))"
    r"|i have (?:no|not) (?:idea|information|access|been)|you have(?:n't| not) told)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:i (?:think|believe|guess|suppose)|i'd (?:say|guess)|(?:it |that )?(?:might|may|could|should) be|perhaps"
    r"|maybe|probably|possibly|if i remember (?:correctly|right)|as far as i know)\b,?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\*\*|__|`+|^\s*#+\s*|^\s*(?:[-*•]|\d+[.)])\s+", re.MULTILINE)
_SYMBOLS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "×": " x ", "\u00a0": " "}
)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_SPELLED = re.compile(r"\b(?:[A-Za-z](?:-|, (?:and )?| and )){2,}[A-Za-z]\b")
_WORD = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?:st|nd|rd|th)\b|\d+|\.\d+|km/h|m/s|[A-Za-z]+\d[A-Za-z\d]*|[%$€£¥°/~≈-][cCfF]?\b|[%$€£¥°/~≈-]"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*|m²|km²"
)
_SENTENCE = re.compile(
    r"(?<=[.!?])\s+|[;\n]+|:\s+"
    r"|,\s+(?=(?:but|which|who|while|although|though|since|because|so|whereas|and (?:it|they|he|she|in|the))\b)"
    r"|\s+(?=(?:because|although|whereas)\b)"
)
_CONTRAST = re.compile(r",\s*(?:and |but )?(?:not|never|rather than|instead of)\s+([^,.;]*)", re.IGNORECASE)
_PARTICLES = frozenset("of the de da van von der den la le del di".split())
_TITLES = frozenset(
    "prince princess queen king president saint st sir dr mr mrs ms professor general pope mount mt lake river sea "
    "ocean city island i ii iii iv mister lord lady".split()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause by itself: its stems in order (content only), what of them is capitalised, its values, its negation.

    stems: of all words. denied: what it tells not to be, as in "blue, not red". runs: names of several words. parts:
    what stands between commas, as its content and whether it is negated.
    """

    content: tuple[str, ...]
    names: frozenset[str]
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    negated: bool
    stems: tuple[str, ...] = ()
    denied: frozenset[str] = frozenset()
    runs: tuple[frozenset[str], ...] = ()
    parts: tuple[tuple[frozenset[str], bool], ...] = ()


@dataclass(frozen=True)
class Claims:
    """What a text claims.

    quantities, moments: in order. names: stems of capitalised words, titles left out. content: stems of all words of
    content, in order, names too. ignorant: it says that it does not know, or refuses. spelled: letters told one by one.
    """

    text: str
    clauses: tuple[Clause, ...]
    polarity: Polarity | None
    ignorant: bool
    hedged: bool
    words: tuple[str, ...] = field(repr=False)

    @cached_property
    def content(self) -> tuple[str, ...]:
        return tuple(word for clause in self.clauses for word in clause.content)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.content)

    @cached_property
    def substance(self) -> frozenset[str]:
        """Stems of content that are not mere filling."""
        return self.vocabulary - _FILLING

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name for clause in self.clauses for name in clause.names)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(quantity for clause in self.clauses for quantity in clause.quantities)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(moment for clause in self.clauses for moment in clause.moments)

    @property
    def negated(self) -> bool:
        return any(clause.negated for clause in self.clauses)

    @property
    def empty(self) -> bool:
        return not (self.quantities or self.moments or self.polarity or self.substance or self.negated)


_FILLING = frozenset(map(stem, FILLER))
_SAID_YES = re.compile(
    r"(?:oh,? )?(?:yes|yeah|yep|correct|true|certainly|absolutely|definitely|of course|indeed|sure)\b[,.!;:]?\s*", re.I
)
_SAID_NO = re.compile(
    r"(?:oh,? )?(?:no|nope|false|incorrect|certainly not|not at all|absolutely not)\b"
    r"(?:[,.!;:]+\s*|\s*$|\s+(?=(?:it|they|he|she|i|you|there|that|this|we|not)\b))",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def extract(text: str, *, years: bool = False, hours: bool = False) -> Claims:
    """The claims of `text`. `years`, `hours`: bare numbers may be years, "at 9" a time of day (a question of when)."""
    tidy = without_aliases(_MARKUP.sub(" ; ", text[:LONGEST].translate(_SYMBOLS))).strip(" ;\n")
    tidy = _SPELLED.sub(
        lambda found: re.sub(r"[^A-Za-z]|(?<= )and ", "", found[0].replace(" and ", "")).upper() + "*", tidy
    )
    tidy = _HYPHEN.sub(" ", tidy)
    words = [word.lower() for word in _WORD.findall(tidy)]
    hedge = _HEDGE.search(tidy)
    polarity, told = _polarity(tidy)
    clauses = tuple(
        _clause(part, years, hours)
        for part in _SENTENCE.split(told)
        if part and any(letter.isalnum() for letter in part)
    )
    return Claims(
        text=tidy,
        clauses=clauses,
        polarity=polarity,
        ignorant=bool(_IGNORANT.search(tidy)),
        hedged=hedge is not None,
        words=tuple(words),
    )


def _clause(text: str, years: bool, hours: bool) -> Clause:
    denied: set[str] = set()
    for contrast in _CONTRAST.finditer(text):
        denied |= {
            stem(word.lower()) for word in _WORD.findall(contrast[1]) if word.isalpha() and word.lower() not in STOP
        }
    text = _CONTRAST.sub(" ", text)
    told, rest = moments(_HEDGE.sub(lambda found: "about " if found else "", text), years=years, hours=hours)
    tokens = _WORD.findall(rest)
    words = [token.lower() for token in tokens]
    content: list[str] = []
    names: set[str] = set()
    runs: list[set[str]] = [set()]
    told_quantities, taken = quantities(words)
    for position, (token, word) in enumerate(zip(tokens, words, strict=True)):
        if position in taken or not is_content(word, token, first=position == 0):
            if word not in _PARTICLES:
                runs.append(set())
            continue
        plain = stem(word.removesuffix("'s"))
        content.append(plain)
        if token[0].isupper():
            runs[-1].add(plain)
            if plain not in _TITLES:
                names.add(plain)
        else:
            runs.append(set())
    return Clause(
        content=tuple(content),
        names=frozenset(names),
        quantities=tuple(told_quantities),
        moments=tuple(told),
        negated=sum(is_negation(word) for word in words) % 2 == 1,
        stems=tuple(stem(word) for word in words if word[0].isalpha()),
        denied=frozenset(denied),
        runs=tuple(frozenset(run) for run in runs if len(run) > 1),
        parts=tuple(_part(part) for part in rest.split(",")),
    )


def _part(text: str) -> tuple[frozenset[str], bool]:
    words = [word.lower() for word in _WORD.findall(text)]
    negated = sum(is_negation(word) for word in words) % 2 == 1
    return frozenset(stem(word.removesuffix("'s")) for word in words if is_content(word, word, first=False)), negated


def is_negation(word: str) -> bool:
    """Whether the word (lower case) turns what is said into its opposite."""
    return word in NEGATIONS or word.endswith("n't")


def is_content(word: str, token: str, *, first: bool) -> bool:
    """Whether a word claims something by itself; numbers and units are claims of their own."""
    if not word[0].isalpha() or is_negation(word) or word.removesuffix("'s") in STOP or "'" in word.removesuffix("'s"):
        return False
    if word in NUMBER_WORDS or (word in UNITS and len(word) < 3):
        return word in UNITS and token.isupper() and len(word) == 1 and not first
    return len(word) > 1 or token.isupper()


def _polarity(text: str) -> tuple[Polarity | None, str]:
    """The yes or no that `text` begins with, and the rest."""
    if found := _SAID_NO.match(text):
        return "no", text[found.end() :]
    if found := _SAID_YES.match(text):
        return "yes", text[found.end() :]
    return None, text
