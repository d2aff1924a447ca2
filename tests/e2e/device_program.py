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
from app.audio.diagnosis import burst
from app.audio.microphone import DeviceMicrophone
from app.audio.speaker import DeviceSpeaker
from app.errors import EngineUnavailable
from app.events import DeviceChanged

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
    say(
        given_s=given,
        pending_s=pending,
        played_s=played,
        took_s=took,
        opened_in_s=speaker.opened_in_s,
        underflows=speaker.underflows,
    )


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


async def outlast(wait_s: str) -> None:
    """Play on until the device vanishes."""
    speaker_module.WAIT_S = float(wait_s)
    speaker = DeviceSpeaker()
    speaker.play(tone(60.0), RATE)
    while speaker.played_s < 0.3:  # noqa: ASYNC110 - the device's clock
        await asyncio.sleep(0.01)
    say(playing=True)
    await speaker.drain()


def tell(event: DeviceChanged) -> None:
    say(state=event.state, kind=event.kind, name=event.name, problem=event.problem)


def hundreds_of_hz(hops: list[np.ndarray]) -> int:
    sound = np.concatenate(hops)
    return round(np.argmax(np.abs(np.fft.rfft(sound))) * 160 / len(sound)) * 100


async def listen(path: str, name: str = "") -> None:
    """Record until standard input says so, telling what becomes of the device and whether there is sound."""
    microphone, hops, until = DeviceMicrophone(name, tell), [], []
    loud, began, pitch = False, 0.0, 0

    async def wait_for_the_end() -> None:
        await asyncio.to_thread(sys.stdin.readline)
        await microphone.close()

    waiting = asyncio.ensure_future(wait_for_the_end())
    async for hop in microphone:
        began = began or time.monotonic()
        hops.append(hop)
        until.append(microphone.heard_until)
        if loud != (microphone.level_dbfs > (-60 if loud else -40)):
            loud = not loud
            say(heard=loud)
        if len(hops) % 20 == 0 and microphone.level_dbfs > -40 and pitch != (now := hundreds_of_hz(hops[-20:])):
            pitch = now
            say(pitch=pitch)
    await waiting
    np.savez(path, sound=np.concatenate(hops), until=until)
    say(hops=len(hops), took_s=time.monotonic() - began, overflows=microphone.overflows)


async def speak(name: str = "") -> None:
    """Do as the lines of standard input say: play SECONDS, hold, release, stop, drain, end."""
    speaker = DeviceSpeaker(name, tell)
    while True:
        line = (await asyncio.to_thread(sys.stdin.readline)).split() or ["end"]
        match line[0]:
            case "play":
                for chunk in np.array_split(tone(float(line[1])), 7):
                    speaker.play(chunk, RATE)
            case "until":
                while speaker.played_s < float(line[1]):  # noqa: ASYNC110 - the device's clock
                    await asyncio.sleep(0.005)
            case "hold":
                speaker.hold()
            case "release":
                speaker.release()
            case "stop":
                speaker.stop()
            case "drain":
                await speaker.drain()
            case _:
                break
        say(
            did=line[0],
            at=time.time(),
            played_s=speaker.played_s,
            pending_s=speaker.pending_s,
            latency_s=speaker.latency_s,
            underflows=speaker.underflows,
        )
    await speaker.close()
    say(underflows=speaker.underflows)


async def both_ends(path: str, seconds: str) -> None:
    """Hear the speaker's own monitor while it plays noise; save far and near end as a front end would get them."""
    microphone, speaker = DeviceMicrophone("speaker.monitor"), DeviceSpeaker()
    near, far, costs = [], [], []
    async for hop in microphone:
        began = time.perf_counter()
        sounding = speaker.sounded(microphone.heard_until - 0.01, 160)
        costs.append(time.perf_counter() - began)
        near.append(hop)
        far.append(np.zeros(160, np.float32) if sounding is None else sounding)
        if len(near) % 100 == 1:
            speaker.play(burst(0.5, RATE), RATE)
        if len(near) >= float(seconds) * 100:
            await microphone.close()
    await speaker.close()
    np.savez(path, near=np.concatenate(near), far=np.concatenate(far))
    say(cost_us=float(np.median(costs)) * 1e6, underflows=speaker.underflows)


async def relist() -> None:
    """List the devices anew while both are in use, as a system without a sound server makes necessary."""
    microphone, speaker = DeviceMicrophone(told=tell), DeviceSpeaker(told=tell)
    speaker.play(tone(6.0), RATE)
    hops, began, relisting = 0, 0.0, None
    async for _ in microphone:
        began = began or time.monotonic()
        hops += 1
        if hops == 100:
            relisting = asyncio.ensure_future(asyncio.to_thread(streams.relist))
        if relisting is not None and speaker.pending_s == 0.0:
            await microphone.close()
    took = time.monotonic() - began
    await speaker.drain()
    say(relisted=await relisting, hops=hops, took_s=took, played_s=speaker.played_s, device=speaker.device_name)
    await speaker.close()


COMMANDS = {
    command.__name__: command
    for command in (capture, play, stop, again, outlast, release, listen, speak, both_ends, relist)
}


def main() -> None:
    command, *rest = sys.argv[1:]
    try:
        asyncio.run(COMMANDS[command](*rest))
    except EngineUnavailable as error:
        say(error=str(error))


if __name__ == "__main__":
    main()
