"""The main process's side of a voice engine: typed calls over a worker."""

from __future__ import annotations

from app.engines.voice.base import SpeakRequest, SpeechChunk, Spoken, VoiceInfo
from app.engines.worker.api import Calls, Stream


class VoiceClient:
    """A voice in a worker. See `VoiceEngine` for what each call means and raises."""

    def __init__(self, worker: Calls) -> None:
        self.worker = worker

    async def info(self, generation: int) -> VoiceInfo:
        info: VoiceInfo = await self.worker.call("info", generation=generation)
        return info

    def speak(self, request: SpeakRequest, generation: int) -> Stream[SpeechChunk, Spoken]:
        return self.worker.stream("speak", request, generation=generation)
