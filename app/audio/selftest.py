"""The self-test of the sound devices: "say something", then a short noise from the speaker.

Findings are one sentence each, with what mends it. What the recordings say is judged in `diagnosis`; this module opens
the devices, asks, and words the findings. It changes no setting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from app.audio import devices
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.diagnosis import Echo, Heard, Signal, burst, find_echo, listen_to
from app.audio.microphone import DeviceMicrophone
from app.audio.speaker import DeviceSpeaker
from app.errors import DuetError
from app.events import DeviceChanged

Step = Literal["listen", "listen elsewhere", "play"]
Progress = Callable[[Step, float], None]

LISTEN_S = 4.0
"""How long somebody is listened to who was asked to say something."""

BURST_S, SETTLE_S, AFTER_S = 0.7, 0.6, 1.2
"""The noise, the time that devices get to run evenly before it, and for it to come back after it."""

MOST_ELSEWHERE = 6
"""Other inputs that are listened to, when the chosen one hears nothing."""

HANDS_FREE_DB = -50.0
"""An echo below this reaches no detector: it comes through a headset, if at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: does it work, what was seen, and what to do if not."""

    name: str
    ok: bool
    detail: str
    mend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """What came of it. `heard` and `echo` are None where there was no device, or no echo.

    elsewhere: what other inputs heard, by name; only looked at when the microphone heard nothing.
    """

    findings: tuple[Finding, ...]
    microphone: str
    speaker: str
    heard: Heard | None
    echo: Echo | None
    elsewhere: dict[str, Heard]

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"ok": self.ok, **asdict(self)}


def _silent_progress(_step: Step, _seconds: float) -> None: ...


async def self_test(
    microphone: str = "", speaker: str = "", progress: Progress = _silent_progress, *, listen_s: float = LISTEN_S
) -> SelfTest:
    """Try both devices; takes about ten seconds. Raises nothing: what fails is a finding.

    progress: told at the beginning of each step, and how many seconds it takes: time to ask the user to speak.
    """
    findings: list[Finding] = []
    name, heard, found = await _try_microphone(microphone, progress, listen_s)
    findings += found
    elsewhere: dict[str, Heard] = {}
    if heard is not None and heard.signal in ("nothing", "zeros", "silence"):
        elsewhere = await _elsewhere(name, progress, listen_s)
    if heard is not None:
        findings.append(_judge(name, heard, elsewhere))
    played_on, echo, found = await _try_speaker(microphone if heard else None, speaker, progress)
    return SelfTest(
        findings=(*findings, *found),
        microphone=name,
        speaker=played_on,
        heard=heard,
        echo=echo,
        elsewhere=elsewhere,
    )


# -- the devices -----------------------------------------------------------------------------------------------


async def _record(microphone: DeviceMicrophone, seconds: float) -> Samples:
    """So many seconds of it; fewer where it is lost."""
    hops = []
    async for hop in microphone:
        hops.append(hop)
        if len(hops) * HOP >= seconds * SAMPLE_RATE or microphone.lost:
            await microphone.close()
    return np.concatenate(hops) if hops else np.zeros(0, np.float32)


async def _try_microphone(wanted: str, progress: Progress, seconds: float) -> tuple[str, Heard | None, list[Finding]]:
    told: list[DeviceChanged] = []
    microphone = DeviceMicrophone(wanted, told.append)
    progress("listen", seconds)
    try:
        sound = await _record(microphone, seconds)
    except DuetError as error:
        return "", None, [Finding(name="microphone", ok=False, detail=str(error), mend=_CHOOSE_INPUT)]
    name = microphone.device_name
    findings = [
        Finding(name="microphone", ok=False, detail=event.problem, mend=_CHOOSE_INPUT)
        for event in told
        if event.problem is not None
    ]
    if microphone.overflows:
        detail = f"{name} lost sound {microphone.overflows} times, because the machine was too busy."
        findings.append(Finding(name="capture", ok=False, detail=detail, mend="close programs that keep it busy"))
    return name, listen_to(sound), findings


async def _elsewhere(besides: str, progress: Progress, seconds: float) -> dict[str, Heard]:
    """What the other inputs hear, all at once."""
    try:
        listed = await asyncio.to_thread(devices.list_devices)
    except DuetError:
        return {}
    names = [d.name for d in listed if d.has("input") and not d.loopback and d.name not in devices.DOORS]
    others = [name for name in dict.fromkeys(names) if name != besides][:MOST_ELSEWHERE]
    if not others:
        return {}
    progress("listen elsewhere", seconds)
    recorded = await asyncio.gather(
        *(_record(DeviceMicrophone(name), seconds) for name in others), return_exceptions=True
    )
    return {
        name: listen_to(sound) for name, sound in zip(others, recorded, strict=True) if isinstance(sound, np.ndarray)
    }


async def _try_speaker(
    microphone: str | None, wanted: str, progress: Progress
) -> tuple[str, Echo | None, list[Finding]]:
    """Play a noise, and where there is a microphone look for it there."""
    try:
        speaker = DeviceSpeaker(wanted)
    except DuetError as error:
        return "", None, [Finding(name="speaker", ok=False, detail=str(error), mend=_CHOOSE_OUTPUT)]
    progress("play", SETTLE_S + BURST_S + AFTER_S)
    hearing = None if microphone is None else asyncio.ensure_future(_both_ends(DeviceMicrophone(microphone), speaker))
    rate = 48_000
    try:
        speaker.play(np.zeros(round(SETTLE_S * rate), np.float32), rate)
        speaker.play(burst(BURST_S, rate), rate)
        await speaker.drain()
        ends = await hearing if hearing is not None else None
    except DuetError as error:
        return speaker.device_name, None, [Finding(name="speaker", ok=False, detail=str(error), mend=_CHOOSE_OUTPUT)]
    finally:
        if hearing is not None:
            hearing.cancel()
        await speaker.close()
    name = speaker.device_name
    findings = [Finding(name="speaker", ok=True, detail=f"{name} plays.")]
    if speaker.underflows:
        detail = f"{name} ran dry {speaker.underflows} times while it played, because the machine was too busy."
        findings = [Finding(name="speaker", ok=False, detail=detail, mend="close programs that keep it busy")]
    if ends is None:
        return name, None, findings
    echo = find_echo(*ends)
    return name, echo, [*findings, _judge_echo(echo)]


async def _both_ends(microphone: DeviceMicrophone, speaker: DeviceSpeaker) -> tuple[Samples, Samples]:
    """Far end and near end in step, until the noise has had its time to come back."""
    far, near = [], []
    deadline = time.monotonic() + SETTLE_S + BURST_S + 2 * AFTER_S
    over: float | None = None
    async for hop in microphone:
        sounding = speaker.sounded(microphone.heard_until - HOP / SAMPLE_RATE, HOP)
        near.append(hop)
        far.append(np.zeros(HOP, np.float32) if sounding is None else sounding)
        if over is None and speaker.pending_s == 0.0:
            over = time.monotonic() + AFTER_S
        if time.monotonic() > (over or deadline) or microphone.lost:
            await microphone.close()
    return np.concatenate(far), np.concatenate(near)


# -- the sentences ---------------------------------------------------------------------------------------------

_CHOOSE_INPUT = 'duet settings set audio.input "NAME"'
_CHOOSE_OUTPUT = 'duet settings set audio.output "NAME"'

_TROUBLES: dict[Signal, tuple[str, str]] = {
    "nothing": ("{name} gave no sound at all.", "connect it again, or restart the sound server"),
    "zeros": (
        "{name} gives only zeros, as a microphone does that may not be used or is switched off.",
        "allow Duet (or the terminal it runs in) to use the microphone in the system's privacy settings, and see "
        "whether it has a switch of its own",
    ),
    "silence": (
        "{name} heard nothing ({heard.speech_dbfs:.0f} dBFS).",
        "see whether it is muted, or choose another one: " + _CHOOSE_INPUT,
    ),
    "noise": (
        "{name} hears a steady noise ({heard.speech_dbfs:.0f} dBFS) and no speech.",
        "speak up, or see what makes the noise; then try again",
    ),
    "quiet": (
        "{name} hears you, but very quietly ({heard.speech_dbfs:.0f} dBFS).",
        "raise its level in the system's sound settings, or come closer",
    ),
    "clipped": (
        "{name} is overdriven: {heard.clipped_share:.1%} of the loud samples are clipped.",
        "lower its level in the system's sound settings",
    ),
}


def _judge(name: str, heard: Heard, elsewhere: dict[str, Heard]) -> Finding:
    if heard.signal == "good":
        detail = f"{name} hears you well ({heard.speech_dbfs:.0f} dBFS over a noise of {heard.noise_dbfs:.0f})."
        return Finding(name="signal", ok=True, detail=detail)
    detail, mend = _TROUBLES[heard.signal]
    detail = detail.format(name=name, heard=heard)
    hearing = [(other.speech_dbfs, where) for where, other in elsewhere.items() if other.signal in _HEARING]
    if hearing:
        _, better = max(hearing)
        detail, mend = f"{detail[:-1]}, but {better} hears you.", f'duet settings set audio.input "{better}"'
    return Finding(name="signal", ok=False, detail=detail, mend=mend)


_HEARING = ("good", "quiet", "clipped")


def _judge_echo(echo: Echo | None) -> Finding:
    if echo is None:
        detail = "The speaker's sound does not come back: a headset, or a speaker that is turned down."
    elif echo.level_db < HANDS_FREE_DB:
        detail = f"The speaker's sound hardly comes back ({echo.level_db:.0f} dB): a headset."
    else:
        detail = (
            f"The speaker's sound comes back {echo.level_db:.0f} dB loud after {echo.delay_ms:.0f} ms: a loudspeaker, "
            "whose echo Duet takes out."
        )
    return Finding(name="echo", ok=True, detail=detail)
