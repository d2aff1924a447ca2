"""Turns, gathered from events into the documents that `duet ask --json` and `duet talk --json` print.

A subscriber like any other: what it tells, anyone could have learned from the bus.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.assistant.router import document
from app.events import (
    AnswerFinished,
    Event,
    Interrupted,
    PlanMade,
    PlaybackProgress,
    PlaybackStarted,
    Refined,
    SpeechEnded,
    SpeechStarted,
    TokensArrived,
    TranscriptReady,
    TurnCommitted,
    TurnDropped,
    TurnFinished,
    TurnReopened,
    WakeWordHeard,
)


@dataclass(slots=True)
class TurnReport:
    """What became of one turn. `document` is its form on the command line."""

    turn: str
    heard: dict[str, Any] = field(default_factory=lambda: {"text": "", "source": "typed"})
    plan: dict[str, Any] | None = None
    answer: dict[str, Any] = field(
        default_factory=lambda: {"text": "", "model": "", "first_token_ms": None, "tokens": 0, "tokens_per_s": None}
    )
    failed: str | None = None
    refinement: dict[str, Any] | None = None
    final: str = ""
    marks_ms: dict[str, float] = field(default_factory=dict)
    conversation: str | None = None
    speech_start_s: float | None = None
    speech_end_s: float | None = None
    committed_at: float | None = None
    first_audio_s: float | None = None
    interrupted_at: float | None = None
    heard_by_user: str = ""
    finished: bool = False

    def document(self) -> dict[str, Any]:
        """The keys of `duet ask --json` (DESIGN section 7)."""
        refinement = self.refinement or {
            **dict.fromkeys(("text", "why"), ""),
            "verdict": "skipped",
            "model": None,
            "elapsed_ms": 0.0,
            "tools": [],
        }
        return {
            "turn": self.turn,
            "conversation": self.conversation,
            "heard": self.heard,
            "plan": self.plan,
            "answer": {**self.answer, "failed": self.failed},
            "refinement": refinement,
            "final": self.final,
            "marks_ms": self.marks_ms,
        }

    def spoken_document(self, source_started: float) -> dict[str, Any]:
        """The keys of a turn of `duet talk --json`: as above, and times in seconds of the source.

        source_started: the loop's time at the first sample of the source.
        """

        def since(at: float | None) -> float | None:
            return None if at is None else round(at - source_started, 3)

        return {
            **self.document(),
            "speech_start_s": self.speech_start_s,
            "speech_end_s": self.speech_end_s,
            "committed_s": since(self.committed_at),
            "first_audio_s": self.first_audio_s,
            "interrupted_s": since(self.interrupted_at),
            "heard_by_user": self.heard_by_user,
        }


class Reporter:
    """Subscribe `on_event` to a bus; `turns` are the committed turns in their order.

    dropped: drafts that came to nothing. wakes: the instants of the source at which a wake word was heard, in s.
    """

    def __init__(self) -> None:
        self._all: dict[str, TurnReport] = {}
        self.turns: list[TurnReport] = []
        self.dropped = 0
        self.wakes: list[float] = []

    def on_event(self, event: Event) -> None:
        if isinstance(event, WakeWordHeard):
            self.wakes.append(event.at_s)
        if event.turn is None:
            return
        if isinstance(event, TurnDropped) and event.generation is not None:
            self.dropped += 1
            return
        if isinstance(event, (TurnDropped, TurnReopened)):
            self._forget(event)
            return
        report = self._all.setdefault(event.turn, TurnReport(event.turn))
        _apply(report, event)
        if isinstance(event, TurnCommitted):
            self.turns.append(report)

    def _forget(self, event: TurnDropped | TurnReopened) -> None:
        """The turn came to nothing, or goes on: all that is left of it is when the user began to speak."""
        assert event.turn is not None
        old = self._all.pop(event.turn, None)
        self.turns = [report for report in self.turns if report is not old]
        if old is not None and isinstance(event, TurnReopened):
            self._all[event.turn] = TurnReport(event.turn, speech_start_s=old.speech_start_s)


def _apply(report: TurnReport, event: Event) -> None:
    match event:
        case SpeechStarted(at_s=at_s) if report.speech_start_s is None:
            report.speech_start_s = at_s
        case SpeechEnded(at_s=at_s):
            report.speech_end_s = at_s
        case TranscriptReady(text=text, source=source):
            report.heard = {"text": text, "source": source}
        case TurnCommitted(conversation=conversation):
            report.conversation, report.committed_at = conversation, event.time
        case PlanMade():
            report.plan = document(event)
        case TokensArrived(text=text):
            report.answer["text"] += text
        case PlaybackStarted(at_s=at_s):
            report.first_audio_s = at_s
        case PlaybackProgress(heard=heard) if report.interrupted_at is None:
            report.heard_by_user = heard
        case Interrupted(heard=heard):
            report.interrupted_at, report.heard_by_user = event.time, heard
        case AnswerFinished():
            report.answer = {
                "text": event.text,
                "model": event.model,
                "first_token_ms": event.first_token_ms,
                "tokens": event.tokens,
                "tokens_per_s": event.tokens_per_s,
            }
            report.failed = event.failed
        case Refined():
            report.refinement = {
                "verdict": event.verdict,
                "text": event.text,
                "model": event.model,
                "elapsed_ms": event.elapsed_ms,
                "why": event.why,
                "tools": list(event.tools),
            }
        case TurnFinished(final=final, marks_ms=marks_ms):
            report.final, report.marks_ms, report.finished = final, dict(marks_ms), True
        case _:
            pass
