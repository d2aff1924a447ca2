"""Sound devices through PortAudio: which there are, how they are found by name, and what to do where there is no sound.

PortAudio may be missing, and then everything else must still work: it is loaded at the first call, never at import.
It lists devices once per initialisation, so seeing a new headset takes `refresh` with all streams closed; this module
knows which streams are open.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import platform
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

Kind = Literal["input", "output"]

NAMES: dict[Kind, str] = {"input": "microphone", "output": "speaker"}

LEAVE_S = 3.0
"""How long the exit waits for devices."""

_lock = threading.RLock()
_open_streams: dict[int, Any] = {}
_closing: set[int] = set()
_threads: list[threading.Thread] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A sound device. `inputs` and `outputs` count channels; `sample_rate` is its own, in Hz."""

    index: int
    name: str
    host_api: str
    inputs: int
    outputs: int
    sample_rate: float
    default_input: bool
    default_output: bool


def portaudio() -> Any:
    """The module `sounddevice`, loaded at the first call. Raises `EngineUnavailable` where PortAudio is missing."""
    with _lock:
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
        atexit.unregister(_leave)
        atexit.register(_leave)  # runs before sounddevice's own, which was registered earlier
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
    kinds: tuple[Kind, ...] = ("input", "output")
    missing = [NAMES[kind] for kind in kinds if not any(_channels(device, kind) for device in devices)]
    return _not_found(" and no ".join(missing)) if missing else None


def list_devices() -> list[Device]:
    """All devices as of the last `refresh`. Raises `EngineUnavailable` where PortAudio is missing or fails."""
    sounddevice = portaudio()
    with _lock:
        try:
            rows = list(sounddevice.query_devices())
            apis = [api["name"] for api in sounddevice.query_hostapis()]
            default_input, default_output = (int(index) for index in sounddevice.default.device)
        except sounddevice.PortAudioError as error:
            raise EngineUnavailable(
                f"The sound devices cannot be listed ({error}); restart the sound server."
            ) from error
    fallback_input = default_input if default_input >= 0 else _first(rows, "max_input_channels")
    fallback_output = default_output if default_output >= 0 else _first(rows, "max_output_channels")
    return [
        Device(
            index=index,
            name=row["name"],
            host_api=apis[row["hostapi"]],
            inputs=row["max_input_channels"],
            outputs=row["max_output_channels"],
            sample_rate=row["default_samplerate"],
            default_input=index == fallback_input,
            default_output=index == fallback_output,
        )
        for index, row in enumerate(rows)
    ]


def find_device(name: str, kind: Kind) -> Device:
    """The device called `name`, or the first whose name contains it (in any case); the default one for "".

    Raises `EngineUnavailable` with the names there are.
    """
    devices = [device for device in list_devices() if _channels(device, kind)]
    if not devices:
        raise EngineUnavailable(_not_found(NAMES[kind]))
    if not name:
        default = [d for d in devices if (d.default_input if kind == "input" else d.default_output)]
        return (default or devices)[0]
    wanted = name.casefold()
    exact = [device for device in devices if device.name.casefold() == wanted]
    part = [device for device in devices if wanted in device.name.casefold()]
    if not (exact or part):
        known = ", ".join(dict.fromkeys(device.name for device in devices))
        raise EngineUnavailable(f'There is no {NAMES[kind]} whose name contains "{name}"; choose one of: {known}.')
    return (exact or part)[0]


def refresh() -> bool:
    """List the devices anew. False, and nothing done, while a stream is open: PortAudio would close it.

    Raises `EngineUnavailable` where PortAudio is missing or fails.
    """
    sounddevice = portaudio()
    with _lock:
        if _open_streams:
            return False
        try:
            sounddevice._terminate()
            sounddevice._initialize()
        except sounddevice.PortAudioError as error:
            raise EngineUnavailable(
                f"The sound devices cannot be listed ({error}); restart the sound server."
            ) from error
    return True


def open_stream(make: Callable[[Any], Any]) -> Any:
    """Make and start a stream: `make` gets the module `sounddevice`. To be closed with `close_stream`. Blocks.

    Raises what `make` raises, and PortAudio's own errors.
    """
    sounddevice = portaudio()
    with _lock:
        stream = make(sounddevice)
        _open_streams[id(stream)] = stream
    try:
        stream.start()
    except BaseException:
        close_stream(stream)
        raise
    return stream


def close_stream(stream: Any) -> None:
    """Drop what is still to be played and close, once; closing again does nothing.

    May block, or hang where a device vanished: see `in_background`.
    """
    with _lock:
        if id(stream) in _closing or id(stream) not in _open_streams:
            return
        _closing.add(id(stream))
    try:
        stream.close(ignore_errors=True)
    finally:
        with _lock:
            _open_streams.pop(id(stream), None)
            _closing.discard(id(stream))


def in_background(work: Callable[[], object]) -> threading.Thread:
    """Run what may block in native code on a daemon thread, so that it can hang neither its caller nor the exit."""
    thread = threading.Thread(target=work, name="sound device", daemon=True)
    with _lock:
        _threads[:] = [other for other in _threads if other.is_alive()]
        _threads.append(thread)
        thread.start()
    return thread


def _leave() -> None:
    """At exit: close what is open and wait a moment for it. PortAudio must not be terminated while a stream closes.

    Where a device hangs, PortAudio is left as it is: the process ends, and that releases everything.
    """
    for stream in tuple(_open_streams.values()):
        in_background(partial(close_stream, stream))
    end = time.monotonic() + LEAVE_S
    for thread in tuple(_threads):
        thread.join(max(end - time.monotonic(), 0.0))
    if any(thread.is_alive() for thread in _threads):
        atexit.unregister(sys.modules["sounddevice"]._exit_handler)


def _channels(device: Device, kind: Kind) -> int:
    return device.inputs if kind == "input" else device.outputs


def _first(rows: list[Any], channels: str) -> int:
    return next((index for index, row in enumerate(rows) if row[channels] > 0), -1)


def _not_found(what: str) -> str:
    return f"There is no {what}; connect one and check that the system's sound server runs."
