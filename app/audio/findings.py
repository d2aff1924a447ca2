"""What the front end can find in the user's sound. Times are in seconds since the source's first sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.audio.base import Samples
from app.audio.prosody import Prosody


@dataclass(frozen=True, slots=True)
class Stir:
    """Perhaps speech, since `at_s`: reason enough to hold an answer, not to give it up. Something else follows it."""

    at_s: float


@dataclass(frozen=True, slots=True)
class StirOver:
    """The stir was nothing: a knock, a click. `at_s` is when that was certain."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechStart:
    """The user began to speak at `at_s`. `samples` begin at `from_s`, earlier by the pre-roll, and reach to now."""

    at_s: float
    from_s: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class Speech:
    """More of the utterance (pauses within it included); `at_s` is the time of its first sample."""

    at_s: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class SoftPause:
    """Perhaps the end: silence since `at_s`, the end of the last voiced hop. Time to draft an answer."""

    at_s: float
    prosody: Prosody


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """It was not the end: speech goes on since `at_s`. A draft is void."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnd:
    """The utterance is over. `at_s` is the end of the last voiced hop, `decided_s` when it was closed.

    `samples` is the whole utterance from `from_s` on: the samples of `SpeechStart` and of each `Speech` in order.
    `voiced_s` counts voiced hops only. `why`: `FrontEnd.end`, the longest utterance, or the end of the source.
    """

    at_s: float
    from_s: float
    decided_s: float
    voiced_s: float
    samples: Samples
    why: Literal["closed", "too long", "source ended"]


Finding = Stir | StirOver | SpeechStart | Speech | SoftPause | SpeechResumed | SpeechEnd
