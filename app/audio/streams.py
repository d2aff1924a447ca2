"""PortAudio's streams: opened on the right device, closed for good, and all closed at once to list devices anew.

PortAudio lists devices once per initialisation, and initialising it again takes all streams closed. Whoever owns one
learns of that as of any other end of its stream, and opens it again.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from app.audio import server
from app.audio.devices import Device, Kind, choose_device, lock, portaudio, server_is_listed
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

LEAVE_S = 3.0
"""How long the exit waits for devices."""

LET_GO_S = 2.0
"""How long a stream may take to close before PortAudio keeps its old list."""

SERVER_VARIABLES = ("PULSE_SOURCE", "PULSE_SINK", "PIPEWIRE_NODE")
"""Where libpulse and PipeWire look for the endpoint of the next stream."""

_gate = threading.Lock()
_open: dict[int, Any] = {}
_closing: set[int] = set()
_threads: list[threading.Thread] = []


@contextmanager
def opening() -> Iterator[None]:
    """Hold this from choosing a device to having opened it: the list will not change in between."""
    with _gate:
        yield


def chosen(name: str, kind: Kind) -> tuple[Device, str | None]:
    """As `choose_device`; where PortAudio's list has no such device it is made anew, if no stream is open."""
    try:
        device, problem = choose_device(name, kind)
        if problem is None or server.routes():
            return device, problem
    except EngineUnavailable:
        if server.routes() and server_is_listed():
            raise
    refresh()
    return choose_device(name, kind)


def open_stream(make: Callable[[Any], Any], device: Device) -> Any:
    """Make a stream on `device` and start it: `make` gets the module `sounddevice`. To be closed with `close_stream`.

    Blocks. Raises what `make` raises, and PortAudio's own errors.
    """
    sounddevice = portaudio()
    with lock, _leading_to(device):
        atexit.unregister(_leave)
        atexit.register(_leave)  # runs before sounddevice's own, which was registered earlier
        stream = make(sounddevice)
        _open[id(stream)] = stream
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
    with lock:
        if id(stream) in _closing or id(stream) not in _open:
            return
        _closing.add(id(stream))
    try:
        stream.close(ignore_errors=True)
    finally:
        with lock:
            _open.pop(id(stream), None)
            _closing.discard(id(stream))


def refresh() -> bool:
    """List the devices anew. False, and nothing done, while a stream is open: PortAudio would close it.

    Raises `EngineUnavailable` where PortAudio is missing or fails.
    """
    sounddevice = portaudio()
    with lock:
        if _open:
            return False
        try:
            sounddevice._terminate()
            sounddevice._initialize()
        except sounddevice.PortAudioError as error:
            raise EngineUnavailable(
                f"The sound devices cannot be listed ({error}); restart the sound server."
            ) from error
    return True


def relist() -> bool:
    """Close every stream and list the devices anew; False where one does not close. Blocks for up to `LET_GO_S`.

    Raises as `refresh`.
    """
    end = time.monotonic() + LET_GO_S
    if not _gate.acquire(timeout=LET_GO_S):
        return False
    try:
        for stream in tuple(_open.values()):
            in_background(partial(close_stream, stream))
        while not refresh():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True
    finally:
        _gate.release()


def in_background(work: Callable[[], object]) -> threading.Thread:
    """Run what may block in native code on a daemon thread, so that it can hang neither its caller nor the exit."""
    thread = threading.Thread(target=work, name="sound device", daemon=True)
    with lock:
        _threads[:] = [other for other in _threads if other.is_alive()]
        _threads.append(thread)
        thread.start()
    return thread


@contextmanager
def _leading_to(device: Device) -> Iterator[None]:
    """Make the sound server's door lead to the device's endpoint."""
    if not device.endpoint or device.follows:
        yield
        return
    before = {name: os.environ.get(name) for name in SERVER_VARIABLES}
    os.environ.update(dict.fromkeys(SERVER_VARIABLES, device.endpoint))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _leave() -> None:
    """At exit: close what is open and wait a moment for it. PortAudio must not be terminated while a stream closes.

    Where a device hangs, PortAudio is left as it is: the process ends, and that releases everything.
    """
    for stream in tuple(_open.values()):
        in_background(partial(close_stream, stream))
    end = time.monotonic() + LEAVE_S
    for thread in tuple(_threads):
        thread.join(max(end - time.monotonic(), 0.0))
    if any(thread.is_alive() for thread in _threads):
        atexit.unregister(sys.modules["sounddevice"]._exit_handler)
