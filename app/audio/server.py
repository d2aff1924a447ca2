"""The sound system's own view: which endpoints there are right now, and which are the user's choice.

PortAudio's list is as old as its initialisation, and on Linux it knows only the sound server's front door ("default").
This module asks the system itself: PulseAudio or PipeWire through libpulse, CoreAudio, or winmm. It opens no stream,
and where it cannot ask, it says so with None.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A source or a sink. `id` is what the system calls it, `name` what it shows ("" where it is not known).

    loopback: a source that only hears what a sink plays; nobody's microphone.
    """

    id: str
    name: str = ""
    loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All endpoints, and the ids of those that the user chose in the system's settings ("" for none)."""

    inputs: tuple[Endpoint, ...] = ()
    outputs: tuple[Endpoint, ...] = ()
    default_input: str = ""
    default_output: str = ""


def snapshot() -> Snapshot | None:
    """What there is now; None where the system cannot be asked. Takes milliseconds; blocks where the server hangs."""
    try:
        if sys.platform == "darwin":
            return _core_audio()
        if sys.platform == "win32":
            return _winmm()
        return _pulse_snapshot() or _cards()
    except (OSError, AttributeError, ctypes.ArgumentError) as error:
        log.info("the sound system does not tell its devices: %s", error)
        return None


def routes() -> bool:
    """Whether one PortAudio device leads to any endpoint: true of Linux's sound servers."""
    return sys.platform.startswith("linux") and _pulse_snapshot() is not None


def wait_for_change(seen: Snapshot | None, seconds: float, stopped: Callable[[], bool]) -> None:
    """Sleep until a Linux sound server differs from `seen`, `stopped` says so, or about `seconds` are over.

    Raises `OSError` where there is no such server, and the library's own errors when it goes away.
    """
    with _connected() as pulse:
        pulse.event_mask_set("sink", "source", "server")
        changed = _asked(pulse) != seen

        def on_event(_event: Any) -> None:
            nonlocal changed
            changed = True
            raise _pulsectl().PulseLoopStop

        pulse.event_callback_set(on_event)
        left = seconds
        while left > 0 and not changed and not stopped():
            pulse.event_listen(timeout=0.5)
            left -= 0.5


# -- Linux -----------------------------------------------------------------------------------------------------


def _pulsectl() -> Any:
    try:
        import pulsectl
    except ImportError as error:  # not a dependency elsewhere
        raise OSError(str(error)) from error
    return pulsectl


def _connected() -> Any:
    """A connection as a context manager. Raises `OSError` without libpulse or a server."""
    pulsectl = _pulsectl()
    pulse = pulsectl.Pulse("Duet", connect=False)
    try:
        pulse.connect(autospawn=False, wait=False)  # its own timeout is always waited for in full
    except pulsectl.PulseError as error:
        pulse.close()
        raise OSError(f"no sound server: {error}") from error
    return pulse


def _pulse_snapshot() -> Snapshot | None:
    try:
        pulsectl = _pulsectl()
        with _connected() as pulse:
            return _asked(pulse)
    except OSError:
        return None
    except pulsectl.PulseError as error:  # it went away while it was asked
        log.info("the sound server does not tell its devices: %s", error)
        return None


def _asked(pulse: Any) -> Snapshot:
    info = pulse.server_info()
    none = 0xFFFFFFFF  # PA_INVALID_INDEX
    return Snapshot(
        inputs=tuple(Endpoint(s.name, s.description, s.monitor_of_sink != none) for s in pulse.source_list()),
        outputs=tuple(Endpoint(s.name, s.description) for s in pulse.sink_list()),
        default_input=info.default_source_name or "",
        default_output=info.default_sink_name or "",
    )


def _cards() -> Snapshot | None:
    """Without a server: ALSA's cards, as though each had both directions; enough to notice a plug."""
    try:
        lines = Path("/proc/asound/cards").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    cards = tuple(Endpoint(line.strip()) for line in lines[::2])
    return Snapshot(inputs=cards, outputs=cards)


# -- macOS -----------------------------------------------------------------------------------------------------


class _Address(ctypes.Structure):
    """CoreAudio's AudioObjectPropertyAddress."""

    _fields_ = (("selector", ctypes.c_uint32), ("scope", ctypes.c_uint32), ("element", ctypes.c_uint32))


def _core_audio() -> Snapshot:
    """Ids only, which is enough to notice a plug or another choice."""
    library = ctypes.CDLL(ctypes.util.find_library("CoreAudio") or "CoreAudio")

    def property_of_system(code: bytes) -> tuple[int, ...]:
        address = _Address(int.from_bytes(code, "big"), int.from_bytes(b"glob", "big"), 0)
        size = ctypes.c_uint32(0)
        system = ctypes.c_uint32(1)  # kAudioObjectSystemObject
        where = ctypes.byref(address)
        if library.AudioObjectGetPropertyDataSize(system, where, 0, None, ctypes.byref(size)):
            return ()
        values = (ctypes.c_uint32 * (size.value // 4))()
        if library.AudioObjectGetPropertyData(system, where, 0, None, ctypes.byref(size), values):
            return ()
        return tuple(values)[: size.value // 4]

    ids = tuple(Endpoint(str(number)) for number in property_of_system(b"dev#"))
    defaults = ["".join(map(str, property_of_system(code)[:1])) for code in (b"dIn ", b"dOut")]
    return Snapshot(inputs=ids, outputs=ids, default_input=defaults[0], default_output=defaults[1])


# -- Windows ---------------------------------------------------------------------------------------------------


class _Caps(ctypes.Structure):
    """The beginning of winmm's WAVEINCAPSW and WAVEOUTCAPSW, with room for either's rest."""

    _fields_ = (
        ("maker", ctypes.c_ushort),
        ("product", ctypes.c_ushort),
        ("version", ctypes.c_uint),
        ("name", ctypes.c_wchar * 32),
        ("rest", ctypes.c_ubyte * 64),
    )


def _winmm() -> Snapshot:
    """Names as MME has them (cut at 31 characters), as PortAudio's first list on Windows does."""
    library = ctypes.CDLL("winmm")  # both calling conventions are one on 64 bits

    def ends(kind: str, caps_size: int) -> tuple[tuple[Endpoint, ...], str]:
        names = []
        for number in range(getattr(library, f"wave{kind}GetNumDevs")()):
            caps = _Caps()
            failed = getattr(library, f"wave{kind}GetDevCapsW")(ctypes.c_size_t(number), ctypes.byref(caps), caps_size)
            names.append("" if failed else caps.name)
        chosen, flags = ctypes.c_uint(0), ctypes.c_uint(0)
        mapper, preferred_get = ctypes.c_void_p(-1), 0x2015  # WAVE_MAPPER, DRVM_MAPPER_PREFERRED_GET
        message = getattr(library, f"wave{kind}Message")
        failed = message(mapper, preferred_get, ctypes.byref(chosen), ctypes.byref(flags))
        default = names[chosen.value] if not failed and chosen.value < len(names) else "".join(names[:1])
        return tuple(Endpoint(name, name) for name in names), default

    inputs, default_input = ends("In", 80)
    outputs, default_output = ends("Out", 84)
    return Snapshot(inputs=inputs, outputs=outputs, default_input=default_input, default_output=default_output)
