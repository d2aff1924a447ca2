"""Sound devices: which there are, how they are found by name, and what to do where there is no sound.

PortAudio may be missing, and then everything else must still work: it is loaded at the first call, never at import.
A Linux sound server's own devices lie behind one of PortAudio's and are listed here as well. Streams are opened and
closed in `streams`.
"""

from __future__ import annotations

import importlib
import logging
import platform
import threading
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.audio import server
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

Kind = Literal["input", "output"]

KINDS: tuple[Kind, ...] = ("input", "output")

NAMES: dict[Kind, str] = {"input": "microphone", "output": "speaker"}

DOORS = ("pulse", "pipewire", "default")
"""ALSA's names for a sound server, the surest first."""

lock = threading.RLock()
"""Held by whoever uses PortAudio otherwise than on a stream that is open already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A sound device. `inputs` and `outputs` count channels; `sample_rate` is its own, in Hz.

    endpoint: what the sound server calls it, "" where PortAudio reaches it by itself.
    follows: opened as the system's default, which the server may lead elsewhere; otherwise it is `endpoint` or none.
    loopback: hears only what a speaker plays.
    """

    index: int
    name: str
    host_api: str
    inputs: int
    outputs: int
    sample_rate: float
    default_input: bool
    default_output: bool
    endpoint: str = ""
    follows: bool = False
    loopback: bool = False

    def has(self, kind: Kind) -> bool:
        return (self.inputs if kind == "input" else self.outputs) > 0

    def is_default(self, kind: Kind) -> bool:
        return self.default_input if kind == "input" else self.default_output


def portaudio() -> Any:
    """The module `sounddevice`, loaded at the first call. Raises `EngineUnavailable` where PortAudio is missing."""
    with lock:
        try:
            sounddevice = importlib.import_module("sounddevice")
        except (OSError, ImportError, AssertionError) as error:
            log.info("PortAudio cannot be loaded: %s", error)
            raise EngineUnavailable(f"There is no sound because {missing_portaudio()}") from error
        except Exception as error:  # PortAudioError, whose class lives in the module that failed to load
            log.info("PortAudio cannot be initialised: %s", error)
            raise EngineUnavailable(
                f"There is no sound because PortAudio cannot be initialised ({error}); restart the sound server."
            ) from error
        return sounddevice


def missing_portaudio() -> str:
    """The rest of the sentence: that PortAudio is missing and the command that mends it on this system."""
    system = platform.system()
    if system != "Linux":
        again = "python -m pip install --force-reinstall sounddevice"
        return f"the PortAudio library is missing or damaged; run: {again}"
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    family = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    for names, command in _INSTALL_COMMANDS:
        if family & names:
            return f"the PortAudio library is missing; run: {command}"
    return "the PortAudio library is missing; install your system's package portaudio (libportaudio2)."


_INSTALL_COMMANDS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"debian", "ubuntu"}), "sudo apt install libportaudio2"),
    (frozenset({"fedora", "rhel", "centos"}), "sudo dnf install portaudio"),
    (frozenset({"arch"}), "sudo pacman -S portaudio"),
    (frozenset({"suse", "opensuse"}), "sudo zypper install libportaudio2"),
    (frozenset({"alpine"}), "sudo apk add portaudio"),
)


def sound_problem() -> str | None:
    """Why sound is missing and what to do about it, in one sentence; None with a microphone and a speaker."""
    try:
        devices = list_devices()
    except EngineUnavailable as error:
        return str(error)
    missing = [NAMES[kind] for kind in KINDS if _default(devices, kind) is None]
    return _not_found(" and no ".join(missing)) if missing else None


def list_devices() -> list[Device]:
    """All devices: a sound server's own as of now, PortAudio's as of its last initialisation.

    Raises `EngineUnavailable` where PortAudio is missing or fails.
    """
    sounddevice = portaudio()
    with lock:
        try:
            rows = list(sounddevice.query_devices())
            apis = [api["name"] for api in sounddevice.query_hostapis()]
            default_input, default_output = (int(index) for index in sounddevice.default.device)
        except sounddevice.PortAudioError as error:
            raise EngineUnavailable(
                f"The sound devices cannot be listed ({error}); restart the sound server."
            ) from error
    if default_input < 0:
        default_input = _first(rows, "max_input_channels")
    if default_output < 0:
        default_output = _first(rows, "max_output_channels")
    listed = [
        Device(
            index=index,
            name=row["name"],
            host_api=apis[row["hostapi"]],
            inputs=row["max_input_channels"],
            outputs=row["max_output_channels"],
            sample_rate=row["default_samplerate"],
            default_input=index == default_input,
            default_output=index == default_output,
        )
        for index, row in enumerate(rows)
    ]
    return _behind_doors(listed)


def find_device(name: str, kind: Kind) -> Device:
    """The device called `name`, or the first whose name contains it (in any case); the default one for "".

    Raises `EngineUnavailable` with the names there are.
    """
    devices = [device for device in list_devices() if device.has(kind)]
    default = _default(devices, kind)
    if default is None and not any(device.endpoint for device in devices):
        raise EngineUnavailable(_not_found(NAMES[kind]))
    if not name:
        if default is None:
            raise EngineUnavailable(_not_found(NAMES[kind]))
        return default
    wanted = name.casefold()
    devices.sort(key=lambda device: device.loopback)
    exact = [device for device in devices if wanted in (device.name.casefold(), device.endpoint.casefold())]
    part = [device for device in devices if wanted in device.name.casefold() or wanted in device.endpoint.casefold()]
    if not (exact or part):
        known = ", ".join(dict.fromkeys(device.name for device in devices if not device.loopback))
        raise EngineUnavailable(f'There is no {NAMES[kind]} whose name contains "{name}"; choose one of: {known}.')
    return (exact or part)[0]


def choose_device(name: str, kind: Kind) -> tuple[Device, str | None]:
    """As `find_device`; where only the name is missing the default device, and a sentence that says so.

    Raises `EngineUnavailable` where there is none at all.
    """
    try:
        return find_device(name, kind), None
    except EngineUnavailable as error:
        if not name:
            raise
        missing = str(error)
    device = find_device("", kind)
    return device, f"{missing.split(';')[0]}; {device.name} takes its place until it is back."


def server_is_listed() -> bool:
    """Whether PortAudio's list has a way to a sound server: one that came later takes a new list."""
    return any(device.name in DOORS for device in list_devices())


def _behind_doors(listed: list[Device]) -> list[Device]:
    """The sound server's devices before PortAudio's own, of which the doors are the default no longer."""
    door = next((device for name in DOORS for device in listed if device.name == name), None)
    seen = server.snapshot() if door is not None and server.routes() else None
    if door is None or seen is None:
        return listed
    defaults = {kind: any(d.is_default(kind) and d.name in DOORS for d in listed) for kind in KINDS}
    named = replace(door, host_api="sound server", inputs=0, outputs=0, default_input=False, default_output=False)
    behind = [
        replace(
            named,
            name=source.name or source.id,
            inputs=2,
            default_input=defaults["input"] and source.id == seen.default_input,
            endpoint=source.id,
            loopback=source.loopback,
        )
        for source in seen.inputs
    ] + [
        replace(
            named,
            name=sink.name or sink.id,
            outputs=2,
            default_output=defaults["output"] and sink.id == seen.default_output,
            endpoint=sink.id,
        )
        for sink in seen.outputs
    ]
    own = [
        replace(
            device,
            default_input=device.default_input and device.name not in DOORS,
            default_output=device.default_output and device.name not in DOORS,
        )
        for device in listed
    ]
    return [*behind, *own]


def _default(devices: list[Device], kind: Kind) -> Device | None:
    """The system's default; instead of one that hears only a speaker the first real one."""
    found = [device for device in devices if device.has(kind)]
    chosen = [device for device in found if device.is_default(kind) and not device.loopback]
    if chosen:
        follows = chosen[0].endpoint != ""
        return replace(chosen[0], follows=follows)
    real = [d for d in found if d.endpoint and not d.loopback] or [
        d for d in found if not d.endpoint and not (d.name in DOORS and any(other.endpoint for other in devices))
    ]
    return real[0] if real else None


def _first(rows: list[Any], channels: str) -> int:
    return next((index for index, row in enumerate(rows) if row[channels] > 0), -1)


def _not_found(what: str) -> str:
    return f"There is no {what}; connect one and check that the system's sound server runs."
