"""The virtual speaker's sound returns to the virtual microphone at the stated level and delay."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app.audio.base import SAMPLE_RATE
from app.audio.echo import DELAY_S, EchoingMicrophone
from app.audio.virtual import FileMicrophone, RecordingSpeaker
from tests.loop.virtual_time import run_virtual


@pytest.mark.parametrize("rate", [SAMPLE_RATE, 22_050])
def test_what_is_played_is_heard_later_and_quieter(rate: int) -> None:
    async def main() -> None:
        recording = FileMicrophone(np.zeros(SAMPLE_RATE, np.float32), tail_s=0.0)
        speaker = RecordingSpeaker(recording.clock)
        tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate // 5) / rate)).astype(np.float32)

        async def play() -> None:
            await recording.clock.reach(0.3)
            speaker.play(tone, rate)

        playing = asyncio.create_task(play())
        heard = np.concatenate([hop async for hop in EchoingMicrophone(recording, speaker, -20.0)])
        await playing
        loud = np.flatnonzero(np.abs(heard) > 0.01) / SAMPLE_RATE
        assert loud[0] == pytest.approx(0.3 + DELAY_S, abs=0.005)
        assert loud[-1] == pytest.approx(0.5 + DELAY_S, abs=0.005)
        assert np.abs(heard).max() == pytest.approx(0.05, rel=0.05)

    run_virtual(main())
