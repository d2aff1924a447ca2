"""Words as they are compared: stems, synonyms, opposites and aliases; which words carry no content. English only.

The lexicon is resources/verdict/words.toml; stems are Snowball's (Porter2).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

import Stemmer

from app.files import resource

STOP = frozenset(
    """a an the is are was were be been being am of in on at to for from by with and or but as that this these those it
    its he she they we you i his her him them me us their our your my there here which who whom whose what when where
    why how do does did has have had having will would can could should may might must shall so than then also too very
    just about into over onto upon up down out off after before through within called known named s re ve ll d m t
    not no yes nor never none nothing neither nobody cannot without nowhere okay ok oh
    means mean name made make makes way one some any such each every other another more most many much several lot lots
    if while until till whether though although because since however therefore thus hence still already yet even only
    both either all own same again ever really quite rather almost exactly approximately around roughly nearly
    usually generally normally typically mostly mainly often sometimes always probably maybe perhaps possibly likely
    let's ago per between among during across along against toward towards like well around under above below
    thing things something anything everything""".split()
)
"""Words that claim nothing by themselves."""

FILLER = frozenset(
    """sure certainly course great good excellent wonderful nice question answer hope help helps helpful glad happy
    welcome let know need else free ask anything please thank thanks sorry interesting fascinating important topic
    subject
    worth learn learning say said tell told think thought believe guess remember correctly according information
    simply basically essentially actually indeed fact overall generally summary short work give gives luck fun
    absolutely
    wonder understand people many consider different person everybody everyone somebody someone today popular famous
    exist various explain describe depend regard concern provide available common commonly known well-known
    total equal equals result sum product calculate find note once twice""".split()
)
"""Words that only surround an answer: they count as content nowhere but in the comparison of whole texts."""

NEGATIONS = frozenset(
    "not no never none nothing neither nor cannot without nobody nowhere hardly unable isn't aren't wasn't".split()
)

_stemmer = Stemmer.Stemmer("english")
_NEGATED = re.compile(r"(?:un|in|im|ir|il|dis|non-?)([a-z]{4,})")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`same`: the groups of synonyms a stem belongs to. `opposite`: pairs of stems or groups. `rivals`: groups of stems
    that exclude each other."""

    aliases: re.Pattern[str]
    alias_of: dict[str, str]
    same: dict[str, frozenset[str]]
    opposite: frozenset[tuple[str, str]]
    rivals: tuple[frozenset[str], ...]


@cache
def lexicon() -> Lexicon:
    """The words of resources/verdict/words.toml, read once."""
    raw = tomllib.loads(resource("verdict", "words.toml").read_text(encoding="utf-8"))
    aliases: dict[str, str] = raw["aliases"]
    longest_first = sorted(aliases, key=len, reverse=True)
    # Short ones only in capitals: "US" and "LA" are places, "us" and "la" are words.
    forms = [re.escape(key.upper()) if len(key) <= 3 else f"(?i:{re.escape(key)})" for key in longest_first]
    same: dict[str, frozenset[str]] = {}
    for number, group in enumerate(raw["words"]["synonyms"]):
        for word in group.split():
            same[stem(word)] = same.get(stem(word), frozenset()) | {f"={number}"}
    pairs = [tuple(map(stem, pair.split())) for pair in raw["words"]["antonyms"]]
    senses = [(same.get(a, frozenset()) | {a}, same.get(b, frozenset()) | {b}) for a, b in pairs]
    opposite = frozenset(pair for a, b in senses for pair in (*product(a, b), *product(b, a)))
    rivals = tuple(frozenset(map(stem, group.split())) for group in raw["words"]["exclusive"])
    return Lexicon(re.compile(rf"(?<![\w.])(?:{'|'.join(forms)})(?!\w)"), aliases, same, opposite, rivals)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The Porter2 stem of a word in lower case."""
    return str(_stemmer.stemWord(word))


def without_aliases(text: str) -> str:
    """`text` with every alias written out: "NYC" becomes "New York"."""
    known = lexicon()
    return known.aliases.sub(lambda found: known.alias_of[found[0].lower()].title(), text)


@lru_cache(maxsize=8192)
def alike(a: str, b: str) -> bool:
    """Whether two stems are one word or synonyms."""
    if a == b:
        return True
    same = lexicon().same
    return bool(same.get(a, frozenset()) & same.get(b, frozenset())) or _kin(*sorted((a, b), key=len))


def _kin(short: str, long: str) -> bool:
    """Whether one word is made of the other: German and Germany, room and bedroom."""
    if len(short) >= 5 and long.startswith(short) and len(long) - len(short) <= 3:
        return True
    return len(short) >= 4 and long.endswith(short)


@lru_cache(maxsize=8192)
def opposed(a: str, b: str) -> bool:
    """Whether one stem is the opposite of the other, by the lexicon or by "un-", "in-", "dis-" or "-less"."""
    known = lexicon()
    if any((x, y) in known.opposite for x in _senses(a) for y in _senses(b)):
        return True
    if a != b and any(a in group and b in group for group in known.rivals):
        return True
    return _negates(a, b) or _negates(b, a)


def _senses(word: str) -> frozenset[str]:
    """The word and the groups of synonyms it belongs to."""
    return lexicon().same.get(word, frozenset()) | {word}


def _negates(a: str, b: str) -> bool:
    if (found := _NEGATED.fullmatch(a)) is not None and len(b) >= 4 and found[1][:5] == b[:5]:
        return True
    return a.endswith("less") and len(a) > 6 and b.startswith(a[:-4]) and not b.endswith("less")


def known_in(word: str, words: frozenset[str] | set[str]) -> bool:
    """Whether `words` (stems) hold `word` or a synonym of it."""
    return word in words or any(alike(word, other) for other in words)
