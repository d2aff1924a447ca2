"""A spoken conversation on the sound devices, for tests: events as lines of JSON; the line "end" ends it."""

from __future__ import annotations

import asyncio
import json
import sys

from app.assistant.runtime import Wants, open_duet
from app.audio.microphone import DeviceMicrophone
from app.audio.speaker import DeviceSpeaker
from app.events import Event, EventBus, to_json
from app.settings import load

QUIET = {"TokensArrived", "MetricSampled"}


def tell(event: Event) -> None:
    if type(event).__name__ not in QUIET:
        print(json.dumps(to_json(event)), flush=True)


async def main() -> None:
    settings = load().settings
    bus = EventBus()
    bus.subscribe(tell)
    speaker = DeviceSpeaker(settings.audio.output, bus.emit)
    wants = Wants(planner=False, hearing=True, voice=True)
    async with open_duet(settings, wants=wants, speaker=speaker, bus=bus) as duet:
        for name in duet.workers:
            await duet.ready(name)
        await duet.assistant.warm()
        listening = asyncio.create_task(duet.listen(lambda: DeviceMicrophone(settings.audio.input, bus.emit)))
        await asyncio.to_thread(sys.stdin.readline)
        duet.ways_in.end()
        await listening


if __name__ == "__main__":
    asyncio.run(main())
