"""Whether a sound over the answer is the user's speech: barge-in, or a cough, a knock, an "uh-huh".

The answer is held as soon as there may be speech; what is decided here is whether it then goes on. A pure function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.assistant.reflexes import consent, plain, wants_silence

Kind = Literal["unsure", "speech", "stop", "sound"]

BACKCHANNELS = frozenset(
    "uh huh uhuh uhhuh mm mhm mmm hmm hm hum um ah oh eh aha right yeah yes yep ok okay sure so well i see good "
    "great nice wow really true exactly indeed cool fine".split()
)
"""Words with which people show that they listen. Over an answer they ask for nothing."""

CALLS = frozenset(
    "stop wait no nope hey what why how who where when but sorry excuse actually hold hang hello duet".split()
)
"""Words that ask for the floor, however short they are."""

SHORT_S = 0.6
"""A sound of less voice is speech only for one of these words: "uh-huh", "mm-hm" and "right" last 0.3 to 0.5 s, and a
recogniser writes them as anything. LiveKit's defence is the same: half a second of speech, or two words."""

SUNG, JOINING_S = 0.5, 0.35
"""So much voice, so much of it with a pitch, goes on with the question although no new word of it was understood."""

LONG_S = 1.5
"""So much voice is speech even when no word of it was understood. No cough lasts so long."""

PERIODIC = 0.35
"""Share of the voiced hops with a pitch, below which a sound is no speech: coughs, knocks, keys."""

UNSURE_S = 2.0
"""Silence is kept no longer than this for a sound that turns out to be neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What is known of a sound over the answer.

    voiced_s: of the user's voice since it began. words: recognised so far. periodic_share: None until a pause.
    ended: the words are final and the user is silent. waited_s: since the answer was held. joins: it came so
    soon after the commit that it would go on with the question; then no word is too short to count. asked: the
    answer is a question, and a yes or a no to it is no murmur.
    """

    voiced_s: float
    words: str
    periodic_share: float | None
    ended: bool
    waited_s: float
    joins: bool = False
    asked: bool = False


def judge(overlap: Overlap) -> Kind:
    """What the sound is, by all that is known of it so far."""
    if overlap.asked and consent(overlap.words) is not None:
        return "speech" if overlap.ended else "unsure"  # "no" may yet become "no idea"
    if wants_silence(overlap.words):
        return "stop"
    voiceless = overlap.periodic_share is not None and overlap.periodic_share < PERIODIC
    content = [word for word in plain(overlap.words).split() if word not in BACKCHANNELS]
    meant = not CALLS.isdisjoint(content) or (bool(content) and (overlap.joins or overlap.voiced_s >= SHORT_S))
    if overlap.joins and not overlap.words and (overlap.periodic_share or 0.0) >= SUNG:
        meant = overlap.voiced_s >= JOINING_S  # words that nobody understood
    if overlap.ended:
        return "speech" if meant and not voiceless else "sound"
    if meant or overlap.voiced_s >= LONG_S:
        return "speech"
    return "sound" if overlap.waited_s >= UNSURE_S else "unsure"
