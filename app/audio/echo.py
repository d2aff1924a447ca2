"""The speaker's sound coming back into the microphone through a room, for conversations on virtual devices.

Echo cancellation is not done here but in the front end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.room import Echo, Room
from app.audio.virtual import FileMicrophone, RecordingSpeaker


class EchoingMicrophone:
    """Hears a recording, and the speaker as it sounds in `room`."""

    def __init__(self, microphone: FileMicrophone, speaker: RecordingSpeaker, room: Room) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._echo = Echo(room)

    async def __aiter__(self) -> AsyncIterator[Samples]:
        index = 0
        async for hop in self._microphone:
            played = self._speaker.excerpt(index * HOP / SAMPLE_RATE, HOP, SAMPLE_RATE)
            yield np.clip(hop + self._echo.push(played if played.any() else None), -1.0, 1.0)
            index += 1

    @property
    def patience_s(self) -> float:
        return self._microphone.patience_s

    @patience_s.setter
    def patience_s(self, seconds: float) -> None:
        self._microphone.patience_s = seconds

    @property
    def heard_until(self) -> float:
        return self._microphone.heard_until

    async def close(self) -> None:
        await self._microphone.close()
