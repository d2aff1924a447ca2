"""What the device tests run in a process of its own, since PortAudio is initialised once per process.

`python -m tests.e2e.device_program COMMAND ...` prints JSON lines; the last one is the result.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import numpy as np

from app.audio import devices, streams
from app.audio import speaker as speaker_module
from app.audio.microphone import DeviceMicrophone
from app.audio.speaker import DeviceSpeaker
from app.errors import EngineUnavailable

RATE = 22_050


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def tone(seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


async def capture(path: str, seconds: str, name: str = "") -> None:
    """Record until something was heard and half a second of silence followed, or `seconds` are full."""
    microphone, hops, levels = DeviceMicrophone(name), [], []
    began = time.monotonic()
    async for hop in microphone:
        if not hops:
            say(first_hop_s=time.monotonic() - began)
        hops.append(hop)
        levels.append(microphone.level_dbfs)
        heard = max(levels) > -40 and max(levels[-50:]) < -60
        if heard or len(hops) >= float(seconds) * 100:
            await microphone.close()
    np.save(path, np.concatenate(hops))
    say(hops=len(hops), overflows=microphone.overflows, loudest=max(levels), device=microphone.device_name)


async def play(seconds: str, name: str = "") -> None:
    speaker = DeviceSpeaker(name)
    began = time.monotonic()
    for chunk in np.array_split(tone(float(seconds)), 4):
        speaker.play(chunk, RATE)
    given = time.monotonic() - began
    pending = speaker.pending_s
    await speaker.drain()
    played, took = speaker.played_s, time.monotonic() - began
    await speaker.close()
    say(given_s=given, pending_s=pending, played_s=played, took_s=took, opened_in_s=speaker.opened_in_s)


async def stop(after: str) -> None:
    """Play for `after` seconds as the device counts them, then stop; `stopped_at` is in time.time()."""
    speaker = DeviceSpeaker()
    speaker.play(tone(30.0), RATE)
    while speaker.played_s < float(after):  # noqa: ASYNC110 - the device's clock
        await asyncio.sleep(0.005)
    speaker.stop()
    stopped_at = time.time()
    pending = speaker.pending_s
    await speaker.drain()
    say(stopped_at=stopped_at, pending_s=pending, played_s=speaker.played_s)
    await asyncio.sleep(1.0)
    await speaker.close()


async def again() -> None:
    """One sound, silence, another: the device stays open; then list the devices anew once it is closed."""
    speaker = DeviceSpeaker()
    for _ in range(2):
        speaker.play(tone(0.2), RATE)
        await speaker.drain()
        await asyncio.sleep(0.2)
    refused = streams.refresh()
    await speaker.close()
    end = time.monotonic() + 30
    while not streams.refresh() and time.monotonic() < end:  # noqa: ASYNC110 - native code
        await asyncio.sleep(0.02)
    names = [device.name for device in devices.list_devices()]
    say(refused=refused, names=names, played_s=speaker.played_s, problem=devices.sound_problem())


async def release() -> None:
    """Play, wait until the device is free (which `refresh` tells), and play again."""
    speaker_module.KEEP_OPEN_S = 0.3
    speaker = DeviceSpeaker()
    speaker.play(tone(0.5), RATE)
    await speaker.drain()
    while not streams.refresh():  # noqa: ASYNC110 - native code
        await asyncio.sleep(0.02)
    speaker.play(tone(0.5), RATE)
    await speaker.drain()
    say(played_s=speaker.played_s)
    await speaker.close()


async def outlast() -> None:
    """Play on until the device vanishes."""
    speaker = DeviceSpeaker()
    speaker.play(tone(60.0), RATE)
    while speaker.played_s < 0.3:  # noqa: ASYNC110 - the device's clock
        await asyncio.sleep(0.01)
    say(playing=True)
    await speaker.drain()


COMMANDS = {"capture": capture, "play": play, "stop": stop, "again": again, "outlast": outlast, "release": release}


def main() -> None:
    command, *rest = sys.argv[1:]
    try:
        asyncio.run(COMMANDS[command](*rest))
    except EngineUnavailable as error:
        say(error=str(error))


if __name__ == "__main__":
    main()
