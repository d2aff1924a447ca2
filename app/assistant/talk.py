"""A conversation with a recording: it plays into the loop as though a microphone heard it, and the reply is recorded.

Nothing is short-cut: the front end, hearing, both tracks and the voice run in real time, on a virtual microphone and a
virtual speaker that share one clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from app.assistant.report import Reporter, TurnReport
from app.assistant.runtime import Duet
from app.assistant.spoken_turn import JOIN_S
from app.audio.base import Microphone, Samples
from app.audio.echo import EchoingMicrophone
from app.audio.room import Room
from app.audio.virtual import FileMicrophone, RecordingSpeaker

REPLY_RATE = 24_000
"""Hz of the recorded reply."""

LEFT_S = 1.0
"""Silence after the recording, on top of the endpointer's longest, before nobody is expected to speak any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What came of it. `reply` starts at the recording's first sample, at `REPLY_RATE`.

    wakes_s: when a wake word was heard, in seconds of the recording; None where none was listened for.
    """

    turns: list[dict[str, Any]]
    dropped_drafts: int
    wakes_s: list[float] | None
    reply: Samples

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"turns": self.turns, "dropped_drafts": self.dropped_drafts}
        return document if self.wakes_s is None else {**document, "wakes_s": self.wakes_s}


async def talk_through(duet: Duet, recording: FileMicrophone, speaker: RecordingSpeaker, echo_db: float | None) -> Talk:
    """Hold the whole conversation. Every worker is ready before the recording begins.

    echo_db: what the speaker plays returns to the microphone this much quieter; None for a headset.
    """
    reporter = Reporter()
    duet.bus.subscribe(reporter.on_event)
    for name in duet.workers:
        await duet.ready(name)
    await duet.assistant.warm()
    microphone: Microphone = recording
    if echo_db is not None:
        microphone = EchoingMicrophone(recording, speaker, Room(level_db=echo_db))
    duet.assistant.source_position = lambda: recording.position_s
    listener = duet.listener
    started = asyncio.get_running_loop().time()
    listening = asyncio.create_task(listener.run(lambda: microphone))
    over_s = recording.duration_s + duet.settings.audio.silence_ms / 1000 + JOIN_S + LEFT_S
    while not listening.done() and listener.position_s < over_s:
        await recording.clock.reach(min(over_s, recording.position_s + LEFT_S))
    await listener.settled()
    await recording.close()
    await listening
    return Talk(
        turns=[_document(report, started, speaker) for report in reporter.turns],
        dropped_drafts=reporter.dropped,
        wakes_s=reporter.wakes if duet.settings.audio.way_in == "wake-word" else None,
        reply=speaker.recorded(REPLY_RATE),
    )


def _document(report: TurnReport, started: float, speaker: RecordingSpeaker) -> dict[str, Any]:
    document = report.spoken_document(started)
    if document["first_audio_s"] is not None:  # from the first sample given to the first that can be heard
        document["first_audio_s"] = _rounded(speaker.first_audio_s(document["first_audio_s"] - 0.001))
    return document


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
