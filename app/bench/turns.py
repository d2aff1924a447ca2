"""A turn in the booth, judged by the recording of the speaker: what the benches `turn`, `commit` and `busy` share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.bench.booth import Booth
from app.bench.corpus.makers import plain_turns
from app.bench.corpus.recordings import QUESTIONS, WITHOUT, recordings
from app.bench.corpus.turns import SpokenTurn
from app.bench.words import word_errors, words
from app.errors import EngineUnavailable
from app.events import PlaybackStarted, SpeechEnded, TranscriptReady, TurnCommitted, TurnDropped

PATIENCE_S = 12.0
"""For the first sound of an answer."""

SAMPLE_S = 5e-3
"""A mark that lies so little after the first audible sample is still its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardTurn:
    """What became of a turn; times in seconds of the source, None for what did not happen.

    end_s: its last speech sample. audible_s: the answer's first audible sample after it. cut_off: whether something
    sounded before it. committed_s, playback_s, speech_end_s: the marks of the program, the last before `audible_s`.
    """

    turn: SpokenTurn
    end_s: float
    audible_s: float | None
    cut_off: bool
    heard: str
    committed_s: float | None
    playback_s: float | None
    speech_end_s: float | None

    @property
    def latency_ms(self) -> float | None:
        """From the last speech sample to the first audible one; None where it was cut off or not answered."""
        return None if self.audible_s is None or self.cut_off else (self.audible_s - self.end_s) * 1000

    @property
    def word_errors(self) -> tuple[int, int]:
        """Misheard words, and words."""
        return word_errors(self.turn.text, self.heard), len(words(self.turn.text))


async def hold_turn(booth: Booth, turn: SpokenTurn) -> HeardTurn:
    """Say `turn` in a fresh conversation and wait until its answer sounds."""
    await booth.rest()
    began_s = booth.microphone.say(turn.samples)
    end_s = began_s + turn.end_s
    await booth.reach(end_s)
    early_s = booth.speaker.first_audio_s(began_s)
    audible_s = await _answer(booth, began_s, end_s)
    before_s = booth.now_s if audible_s is None else audible_s + SAMPLE_S
    heard = [event.text for event in booth.since(TranscriptReady, began_s)]
    committed = [booth.source_s(event) for event in booth.since(TurnCommitted, began_s)]
    playback = [event.at_s for event in booth.since(PlaybackStarted, began_s) if event.at_s is not None]
    ended = [event.at_s for event in booth.since(SpeechEnded, began_s)]
    return HeardTurn(
        turn=turn,
        end_s=end_s,
        audible_s=audible_s,
        cut_off=early_s is not None and early_s < end_s,
        heard=heard[-1] if heard else "",
        committed_s=_last(committed, before_s),
        playback_s=_last(playback, before_s),
        speech_end_s=_last(ended, before_s),
    )


async def _answer(booth: Booth, began_s: float, end_s: float) -> float | None:
    """When the first audible sample after `end_s` sounds; None once the turn was dropped or patience is at its end."""
    while booth.now_s < end_s + PATIENCE_S:
        if (audible_s := await booth.audible(end_s, 0.25)) is not None:
            return audible_s
        if any(event.generation is None for event in booth.since(TurnDropped, began_s)):
            return None
    return None


def _last(times: Sequence[float], until_s: float) -> float | None:
    """The last of those before `until_s`."""
    return max((at_s for at_s in times if at_s <= until_s), default=None)


async def questions(count: int) -> tuple[tuple[SpokenTurn, ...], str]:
    """`count` synthetic turns and the recordings of people that are at hand, and a note on what they are."""
    people = recordings(QUESTIONS)
    note = f"{count} turns by espeak-ng, {len(people)} recordings of people"
    return (*people, *await plain_turns(count)), note if people else f"{count} turns by espeak-ng; {WITHOUT}"


def answered(turns: Sequence[HeardTurn]) -> list[HeardTurn]:
    """Those with a latency. Raises `EngineUnavailable` when there is none to measure."""
    found = [turn for turn in turns if turn.latency_ms is not None]
    if not found:
        raise EngineUnavailable("No turn was answered, so nothing can be measured; try: duet doctor.")
    return found
