"""The speaker's sound coming back into the microphone, for conversations on virtual devices.

A plain delayed copy: no room, no loudspeaker's distortion. Echo cancellation is not done here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.virtual import FileMicrophone, RecordingSpeaker

DELAY_S = 0.04
"""From the speaker's driver to the microphone's: about what a laptop's buffers and a metre of air take."""


class EchoingMicrophone:
    """Hears a recording and, `level_db` dB above what was played (so below 0), the speaker `DELAY_S` ago."""

    def __init__(self, microphone: FileMicrophone, speaker: RecordingSpeaker, level_db: float) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._gain = np.float32(10 ** (level_db / 20))

    async def __aiter__(self) -> AsyncIterator[Samples]:
        index = 0
        async for hop in self._microphone:
            returned = self._speaker.excerpt(index * HOP / SAMPLE_RATE - DELAY_S, HOP, SAMPLE_RATE)
            yield np.clip(hop + self._gain * returned, -1.0, 1.0)
            index += 1

    @property
    def heard_until(self) -> float:
        return self._microphone.heard_until

    async def close(self) -> None:
        await self._microphone.close()
