"""How long to wait in silence before the user's turn counts as over: from the words, the voice and the user's habits.

A logistic regression gives the log-odds that the turn is over; each kind of evidence adds its part, and one that is
missing adds none or a little doubt. The wait follows from it in closed form. Let the log-odds at 0.2 s of silence be s,
and let pauses inside a turn outlast 0.2 s by an exponentially distributed time of mean m (`PauseHabits`). Then after t
seconds of silence the log-odds are s + (t - 0.2) / m, by Bayes' rule, and they reach the demanded certainty c at

    t = 0.2 + m (c - s)

Pure: no clock, no event loop; the listener asks and keeps the time. Coefficients are fitted by
`app.bench.endpointing.train` and kept, with what they were fitted on, in resources/endpointing/coefficients.json.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.assistant.endpointing.habits import LONGEST_S, SHORTEST_S, PauseHabits
from app.assistant.endpointing.words import WordsModel
from app.audio.prosody import Prosody
from app.files import resource

HEARD_BOUND, WRITTEN_BOUND = 1.0, 3.0
"""What words may add or take: those of a recogniser that writes no punctuation, which the starter is and which often
mishears the very word that decides, and those of one that does. With 1.5 instead of 1 one turn in 118 fewer is cut
off, and every twentieth waits 0.04 s longer (the spoken `tune` turns)."""

VOICE_BOUNDS = (-0.5, 1.0)
"""What the voice may take or add. It was fitted on a synthesiser's contours, which are more regular than people's; and
a voice that stays up or rises may as well have asked a question."""

HELD_UP, HELD_UP_ST = -5.0, (1.0, 1.4)
"""Added in full, and from where on in part, where the pitch ends that many semitones above the utterance's middle
without rising: so speakers keep the floor (Caspers 2003, Gravano & Hirschberg 2011). Not fitted, since a synthesiser
hardly does it: 4 of 118 spoken `tune` turns end so, and none of their inner pauses. Of the recordings of people two
inner pauses of jfk.flac do, and no end. Its weight is what keeps the answer from sounding into the first of them, of
1.16 s, where the starter mishears complete words; it costs 0.02 s of the median latency of the held-out turns."""

LEVEL_ST_S, OCTAVE_ST = 5.0, 10.0
"""A pitch that rises faster, in semitones a second, may ask; one that ends higher is the tracker's mistake."""

WORDLESS = -2.5
"""Added while no words are known, besides what their absence weighs by itself: without words there is nothing that
could be answered, so a longer wait costs nothing. jfk.flac, whose first words the starter does not hear, needs it."""

TURN_MODEL_WEIGHT, TURN_MODEL_BOUND = 0.7, 3.0
"""How much of a turn model's log-odds count, and up to where. Not fitted: no such model was at hand. Below 1, since
it hears some of what words and pitch tell already."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the end of an utterance when it pauses. None is what is not known, or not yet.

    words: what the recogniser has understood of the whole utterance so far. prosody: of the stretch before the pause.
    turn_probability: a turn model's, that the turn is over. voiced_s: speech in the utterance in seconds. language: of
    the words, as a code. longest_pause_s: the longest pause in this very turn after which the user went on.
    """

    words: str | None = None
    prosody: Prosody | None = None
    turn_probability: float | None = None
    voiced_s: float = 1.0
    language: str | None = "en"
    longest_pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """After `wait_s` of silence since the last voiced sample the turn is over; `why` is for traces and logs."""

    wait_s: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """Bounds in seconds, and how sure to be.

    certainty
        Probability at which a turn counts as over. Chosen on the spoken `tune` turns of `app.bench.endpointing`, with
        `habits.PRIOR_MEAN_S`: there the median commit comes 0.33 s after the last word, that of 95 % of the turns
        without a pause within 0.7 s, and 8 % of the turns are cut off (28 % by a fixed silence of that median), all at
        0.90.
    patience
        Stretches what is waited beyond the shortest time; the user's choice.
    """

    shortest_s: float = SHORTEST_S
    longest_s: float = LONGEST_S
    certainty: float = 0.89
    patience: float = 1.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The fitted figures: `words` is the model of the words, `turn` has the weights of `turn_features` by name."""

    words: WordsModel
    turn: Mapping[str, float] = field(default_factory=dict)


class Endpointer:
    """Decides for one user. `habits` may learn meanwhile; every call uses what they know by then."""

    def __init__(
        self,
        habits: PauseHabits | None = None,
        settings: EndpointSettings | None = None,
        coefficients: Coefficients | None = None,
    ) -> None:
        self.habits = habits or PauseHabits()
        self.settings = settings or EndpointSettings()
        self._coefficients = coefficients or fitted()

    def log_odds(self, evidence: Evidence) -> float:
        """ln(P(over) / P(more follows)) at a silence of `SHORTEST_S`."""
        return sum(self._parts(evidence).values())

    def wait_s(self, evidence: Evidence) -> Decision:
        """The silence to wait for. Never shorter for words that are less complete, all else equal."""
        parts = self._parts(evidence)
        odds, settings = sum(parts.values()), self.settings
        doubt = max(0.0, math.log(settings.certainty / (1 - settings.certainty)) - odds)
        mean_s = self._mean_s(evidence)
        wait = SHORTEST_S + settings.patience * mean_s * doubt
        told = ", ".join(f"{name} {part:+.1f}" for name, part in parts.items() if abs(part) >= 0.05)
        share = 100 / (1 + math.exp(-odds))
        why = f"{share:.0f} % over ({told or 'nothing known'}); pauses {SHORTEST_S + mean_s:.2f} s"
        return Decision(min(max(wait, settings.shortest_s), settings.longest_s), why)

    def _mean_s(self, evidence: Evidence) -> float:
        """The user's mean, or this turn's longest pause: who takes time once will do so again."""
        return max(self.habits.mean_s, min(evidence.longest_pause_s, LONGEST_S) - SHORTEST_S)

    def _parts(self, evidence: Evidence) -> dict[str, float]:
        """The log-odds by where they come from."""
        weights, found = self._coefficients.turn, turn_features(evidence, self._coefficients.words)
        parts = {"base": 0.0, "words": 0.0, "voice": 0.0}
        for name, value in found.items():
            parts[_SOURCE[name]] += weights.get(name, 0.0) * value
        bound = WRITTEN_BOUND if "written words" in found else HEARD_BOUND
        parts["words"] = min(max(parts["words"], -bound), bound)
        if not (evidence.words and evidence.words.strip()):
            parts["words"] += WORDLESS
        parts["voice"] = min(max(parts["voice"], VOICE_BOUNDS[0]), VOICE_BOUNDS[1])
        parts["held up"] = HELD_UP * _held_up(evidence.prosody)
        if evidence.turn_probability is not None:
            parts["turn model"] = TURN_MODEL_WEIGHT * _bounded_logit(evidence.turn_probability)
        parts["habits"] = self.habits.shift
        return parts


def turn_features(evidence: Evidence, words: WordsModel) -> dict[str, float]:
    """The evidence as numbers by name, about -1 to 1 each but for the words' log-odds. What is missing is left out."""
    found = {"bias": 1.0}
    log_odds = words.log_odds(evidence.words, evidence.language) if evidence.words else None
    if log_odds is None:
        found["no words"] = 1.0
    else:
        found["written words" if _WRITTEN.search(evidence.words or "") else "words"] = log_odds
    voice = evidence.prosody
    if voice is None:
        return found
    found["loudness falls"] = _within(-voice.energy_slope_db_s / 60.0)
    found["fades"] = _within(-voice.end_drop_db / 12.0)
    if voice.pitch_slope is not None:
        found["pitch falls"] = _within(-voice.pitch_slope / 20.0)
        found["pitch rises"] = max(0.0, -found["pitch falls"])
    if voice.pitch_end_st is not None:
        found["ends low"] = _within(-voice.pitch_end_st / 4.0)
    return found


def _held_up(voice: Prosody | None) -> float:
    """How plainly the pitch ended high without rising, 0..1."""
    if voice is None or voice.pitch_slope is None or voice.pitch_end_st is None:
        return 0.0
    if voice.pitch_slope > LEVEL_ST_S or voice.pitch_end_st > OCTAVE_ST:
        return 0.0
    low, high = HELD_UP_ST
    return min(max((voice.pitch_end_st - low) / (high - low), 0.0), 1.0)


_WRITTEN = re.compile(r"[.,?!;:…。？！]")
"""Punctuation: the recogniser writes sentences, which those do that mishear little. Their words weigh more."""

_SOURCE = {
    "bias": "base",
    "no words": "words",
    "words": "words",
    "written words": "words",
    "loudness falls": "voice",
    "fades": "voice",
    "pitch falls": "voice",
    "pitch rises": "voice",
    "ends low": "voice",
}


@cache
def fitted() -> Coefficients:
    """The coefficients that come with the program."""
    return read_coefficients(json.loads(resource("endpointing", "coefficients.json").read_text(encoding="utf-8")))


def read_coefficients(document: Mapping[str, Any]) -> Coefficients:
    """Coefficients as `app.bench.endpointing.train` writes them."""
    return Coefficients(WordsModel(dict(document["words"])), dict(document["turn"]))


def _within(value: float) -> float:
    return min(max(value, -1.0), 1.0)


def _bounded_logit(probability: float) -> float:
    clipped = min(max(probability, 1e-3), 1 - 1e-3)
    return min(max(math.log(clipped / (1 - clipped)), -TURN_MODEL_BOUND), TURN_MODEL_BOUND)
