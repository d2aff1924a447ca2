"""Tells when the sound system's devices change: plugged, unplugged, or another one chosen. Plays and hears nothing.

Where PortAudio's list is all there is, it is made anew first, which ends every stream for a moment. One thread for all
who want to know, and only while somebody does. A Linux sound server wakes it; elsewhere it looks once in `LOOK_S`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from app.audio import server, streams
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often a system is asked that does not tell by itself."""

SETTLE_S = 0.1
"""A plugged headset is several changes; they are told as one."""

LONG_S = 60.0
"""How long a sound server is trusted to tell of changes before it is asked all the same."""

Told = Callable[[], None]

_lock = threading.Lock()
_told: dict[int, Told] = {}
_numbers = iter(range(1 << 62))
_thread: threading.Thread | None = None


def subscribe(told: Told) -> Callable[[], None]:
    """Call `told`, on the watching thread, after every change, until the function given back is called."""
    global _thread
    with _lock:
        number = next(_numbers)
        _told[number] = told
        if _thread is None:
            _thread = threading.Thread(target=_watch, name="sound devices", daemon=True)
            _thread.start()

    def unsubscribe() -> None:
        with _lock:
            _told.pop(number, None)

    return unsubscribe


def _watch() -> None:
    global _thread
    seen = server.snapshot()
    while True:
        with _lock:
            if not _told:
                _thread = None
                return
        _wait(seen)
        now = server.snapshot()
        if now == seen:
            continue
        seen = now
        _list_anew()
        with _lock:
            told = tuple(_told.values())
        for tell in told:
            try:
                tell()
            except Exception:
                log.exception("a subscriber failed on a change of the sound devices")


def _list_anew() -> None:
    try:
        if not server.routes():
            streams.relist()
    except EngineUnavailable as error:
        log.info("%s", error)


def _wait(seen: server.Snapshot | None) -> None:
    try:
        server.wait_for_change(seen, LONG_S, lambda: not _told)
        time.sleep(SETTLE_S)
    except Exception as error:  # noqa: BLE001 - no such server, or whatever the library raises when it dies
        log.debug("looking for sound devices again in %s s: %s", LOOK_S, error)
        time.sleep(LOOK_S)
