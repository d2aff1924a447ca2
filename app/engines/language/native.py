"""What every use of llama.cpp shares: one-time set-up, its log as Python logging, and the abort callback.

Imported in a worker only. It loads no model.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections import deque
from typing import Any

import llama_cpp.llama_cpp as ll

log = logging.getLogger("llama.cpp")

_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.ERROR}
"""ggml's levels 1 to 4. Its "info" is hundreds of lines per load, and its warnings are about defaults."""

_CONTINUED = 5


class NativeLog:
    """llama.cpp's log as Python logging; the last errors are kept to explain a failed load.

    Installed instead of `verbose=False`, which redirects file descriptors process-wide.
    """

    def __init__(self) -> None:
        self.errors: deque[str] = deque(maxlen=8)
        self._line = ""
        self._level = logging.DEBUG
        self._callback = ll.llama_log_callback(self._receive)

    def install(self) -> None:
        ll.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _receive(self, level: int, text: bytes | None, _user: object) -> None:
        if level != _CONTINUED:
            self._flush()
            self._level = _LEVELS.get(level, logging.DEBUG)
        self._line += (text or b"").decode("utf-8", "replace")
        if self._line.endswith("\n"):
            self._flush()

    def _flush(self) -> None:
        line, self._line = self._line.strip(), ""
        if not line:
            return
        if self._level >= logging.ERROR:
            self.errors.append(line)
        log.log(self._level, "%s", line)


_installed: NativeLog | None = None


def start() -> NativeLog:
    """Set llama.cpp up, once per process; the log it reports to."""
    global _installed
    if _installed is None:
        _installed = NativeLog()
        _installed.install()
        ll.llama_backend_init()
    return _installed


def last_errors() -> str:
    """What llama.cpp complained of last, as one clause; empty if it did not say."""
    errors = list(_installed.errors) if _installed else []
    if _installed:
        _installed.errors.clear()
    return errors[0] if errors else ""


def _strlen() -> Any:
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(library.strlen, ll.ggml_abort_callback)


ABORT_IF_RAISED = _strlen()
"""An abort callback in native code: ggml polls it after each graph node with the address of a job's stop flag.

The flag is a C string; its length is 0 for "go on" and 1 for "stop". No Python runs and no lock is taken.
"""
