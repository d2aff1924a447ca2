"""Do these words end an utterance? A log-odds from its last words, for English; for other languages from punctuation.

Made for what a recogniser gives while nobody knows yet whether more will follow: mostly without capitals and
punctuation, often with a wrong word. Where there is punctuation (Whisper), it counts. It hears nothing: how the voice
ends is `app.assistant.endpointing.decision`'s affair, and what a clause may weigh was fitted by
`app.bench.endpointing.train`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.files import resource

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKS = re.compile(r"[.?!…,;:\-–—。？！]+$")

DETERMINERS = frozenset(
    "a an the my your his our their its this these those every each some any no another which whose".split()
)
PREPOSITIONS = frozenset(
    "of to in on at for from with by about into onto over under between through during without within against "
    "toward towards than per like until since near behind beside off up".split()
)
CONJUNCTIONS = frozenset(
    "and or but because so if when while although though whether that unless as plus before after until since".split()
)
AUXILIARIES = frozenset(
    "is are was were am be been being do does did has have had can could will would shall should may might must "
    "don't doesn't didn't can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't i'm i'll i'd i've "
    "we're we'll we've you're you'll you've they're they'll they've he's she's it's there's that's what's who's "
    "where's how's let's gonna wanna".split()
)
SUBJECTS = frozenset("i we he she they".split())
QUESTION_WORDS = frozenset("what who whom whose where when why how which".split())
HESITATIONS = frozenset("um uh hm hmm mm er erm ah eh".split())
FILLERS = frozenset("well so okay ok hey oh like actually".split())
WHOLE = frozenset(
    "yes yeah yep yup no nope nah sure okay ok right exactly correct stop pause continue cancel thanks hello hi bye "
    "goodbye help maybe really nothing everything please why what later now today tomorrow tonight never again next "
    "louder quieter faster slower never_mind thank_you good_morning good_night good_evening go_on go_ahead not_now "
    "not_yet of_course forget_it got_it i_see that's_it that's_all all_right next_song".split()
)
"""What is said as an utterance of its own; words of two are joined by a low line."""

OPENERS = frozenset("if when once unless although though while because since before after until as".split())
"""Words that, first in a sentence, open a clause that another one must follow."""

DEMANDING = frozenset(
    "tell_me show_me give_me remind_me wake_me let_me call_me read_me tell_us to_know find_out wondering know_if "
    "know_who know_what looking_for look_for want_to need_to like_to going_to have_to try_to how_to how_do how_does "
    "how_many how_much how_long how_far how_old what_kind kind_of sort_of lot_of set_a is_there are_there there_is "
    "there_are can_you could_you would_you do_you did_you turn_on turn_off switch_on switch_off put_on such_as "
    "is_that thing_is problem_is said_that told_me think_that make_sure instead_of because_of next_to".split()
)
"""Pairs of words that seldom end an utterance that they do not begin and end: they demand more."""

NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand oh".split()
)

VERBS = AUXILIARIES | frozenset(
    "add answer arrive ask asked ate bake be became become began begin believe belong book boil bought break bring "
    "broke brought build built buy call called came cancel catch change check choose clean climb close closed come "
    "comes compare continue cook cost costs cut decide delete describe did die directed do does done drink drive eat "
    "enjoy explain fall feel fell felt find finish finished fix fly forget forgot found gave get gets give go goes got "
    "grew grow happen happened happens hate hear heard help hold hope hurt invented join keep kept knew know known "
    "last lead learn leave left let like liked likes listen live lived lives lock look looked looks lose lost love "
    "made make makes mean means meet met miss move moved need needs open order paint painted pause pay pick plan play "
    "prefer promise put ran read recommend remember remind remove repeat reply ring rings run runs said sat save saw "
    "say says search see seem seems seen sell send sent set show shut sing sit sleep sold speak spell spend spoke "
    "stand start started starts stay stop stopped suggest sunk swim switch take takes talk taste teach tell thank "
    "think thinks thought told took travel tried try turn understand use used visit wait wake walk want wanted wants "
    "was wash watch water went win won wonder work works worked write wrote".split()
)
"""Enough of them to tell whether a question has one yet."""

_UNKNOWN_ENDING = -1.8
"""ln P(end | word) of a word that the table lacks: the median of nouns."""


@dataclass(frozen=True, slots=True)
class WordsModel:
    """A logistic regression: `weights` of the features of `features`, by name."""

    weights: Mapping[str, float]

    def log_odds(self, text: str, language: str | None = "en") -> float | None:
        """ln(P(complete) / P(more follows)), None where the words tell nothing: no words, a language not known."""
        found = features(text, language)
        return None if found is None else sum(self.weights.get(name, 0.0) * value for name, value in found.items())


def features(text: str, language: str | None = "en") -> dict[str, float] | None:
    """What is known of the end of `text`, by name; None without a word. All but punctuation needs English."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not words:
        return None
    marks = _mark_features(text)
    if (language or "en").split("-")[0].lower() != "en":
        return marks if any(marks.values()) else None
    sentence = [word.lower().replace("’", "'") for word in _WORD.findall(_last_sentence(text))] or words
    return {"bias": 1.0, **marks, **_word_features(sentence)}


def _word_features(words: list[str]) -> dict[str, float]:
    last, before = words[-1], words[-2] if len(words) > 1 else "<s>"
    pair, alone = f"{before}_{last}", len(words) == 1
    whole = (alone and last in WHOLE) or (len(words) == 2 and pair in WHOLE)
    said = {
        "ending": _ending(before, last) - _UNKNOWN_ENDING,
        "length": 0.0 if _open_clause(words) else min(len(words), 8) / 8,  # of what can stand by itself
        "whole": whole,
        "alone": alone and not whole,
        "two words": len(words) == 2 and not whole,
        "determiner": last in DETERMINERS,
        "preposition": last in PREPOSITIONS,
        "conjunction": last in CONJUNCTIONS,
        "auxiliary": last in AUXILIARIES,
        "subject": last in SUBJECTS,
        "question word": last in QUESTION_WORDS and not alone,
        "filler": last in FILLERS and not whole,
        "hesitation": last in HESITATIONS and not whole,
        "demanding": pair in DEMANDING,
        "open question": _open_question(words),
        "number": last in NUMBERS or last.isdigit(),
        "dictated": _dictated(words),
    }
    return {name: float(value) for name, value in said.items()}


def _open_clause(words: list[str]) -> bool:
    """Whether it begins with "if", "when" ... and no second clause has got as far as a verb."""
    while len(words) > 1 and words[0] in HESITATIONS | FILLERS | {"and", "but", "even"}:
        words = words[1:]
    if words[0] not in OPENERS:
        return False
    if words[0] == "when" and len(words) > 1 and words[1] in AUXILIARIES:
        return False  # "when does the shop close"
    # The clause itself has one subject and one verb; the main clause brings another pair, or a command.
    heads = [i for i, word in enumerate(words) if i > 2 and word in _CLAUSE_HEADS]
    return not heads or heads[-1] > len(words) - 3 or len(words) < 6


_CLAUSE_HEADS = (
    SUBJECTS
    | QUESTION_WORDS
    | frozenset("you it there nobody then".split())
    | frozenset("should could would can will do does turn switch play tell remind call send water keep please".split())
)


def _open_question(words: list[str]) -> bool:
    """Whether it begins with a question word or an auxiliary, and neither verb nor object has come."""
    if words[0] in QUESTION_WORDS and len(words) > 1:
        return len(words) <= 5 and not any(word in VERBS or "'s" in word for word in words)
    return words[0] in AUXILIARIES and words[0] not in ("let's", "i'm") and 1 < len(words) <= 2


def _dictated(words: list[str]) -> bool:
    """Whether it ends in a row of at least three numbers, as of a telephone: another group may follow."""
    return len(words) >= 3 and all(word in NUMBERS or word.isdigit() for word in words[-3:])


def _mark_features(text: str) -> dict[str, float]:
    found = _MARKS.search(text.rstrip().rstrip("\"')”"))
    mark = found.group() if found else ""
    trailing = mark.endswith(("...", "…", ",", ";", ":", "-", "–", "—"))
    return {
        "asks": float(mark.endswith(("?", "？"))),
        "full stop": float(mark.endswith((".", "!", "。", "！")) and not trailing),
        "trails off": float(trailing),
    }


def _last_sentence(text: str) -> str:
    """What follows the last full stop, question or exclamation mark that has words after it."""
    return re.split(r"(?<=[.?!…])\s+(?=\S*\w)", text.strip())[-1]


def _ending(before: str, last: str) -> float:
    """ln P(end of utterance | the last two words), as the table has it."""
    table = _endings()
    pairs: dict[str, float] = table["pairs"]
    words: dict[str, float] = table["words"]
    return pairs.get(f"{before} {last}", words.get(last, _UNKNOWN_ENDING))


@cache
def _endings() -> dict[str, Any]:
    """The table of `app.bench.endpointing.endings`: 4,000 words and some thousand pairs, read once."""
    table: dict[str, Any] = json.loads(resource("endpointing", "endings.json").read_text(encoding="utf-8"))
    return table
