"""Says in words how a worker process ended: from its exit code and the last lines of its log. Decides nothing."""

from __future__ import annotations

import re
import signal
from pathlib import Path

TAIL_BYTES = 32_768
LONGEST = 200

_WINDOWS = {0xC0000005: "access violation", 0xC00000FD: "stack overflow", 0xC0000409: "abort", 0xC0000017: "no memory"}

_SENT = ("SIGKILL", "SIGTERM", "SIGHUP")
"""Signals that somebody sends (the system, when memory runs out), and no fault of the code raises."""

_TELLING = re.compile(
    r"assert|error|fatal|abort|terminate called|what\(\)|exception|panic|bad_alloc|out of memory"
    r"|fail|can'?t|cannot|unable|invalid|not found|no such",
    re.IGNORECASE,
)
_FAULTHANDLER = re.compile(
    r"^(Fatal Python error: |Windows fatal exception: |Extension modules: |(Current )?[Tt]hread 0x)"
)


def was_sent(code: int | None) -> bool:
    """Whether the process ended by a signal that says nothing about its code."""
    return code is not None and any(known == -code and known.name in _SENT for known in signal.Signals)


def how_it_ended(code: int | None) -> str:
    """The exit code of `multiprocessing.Process` in words: negative for a signal."""
    if code is None:
        return "ended"
    if code < 0:
        name = next((known.name for known in signal.Signals if known == -code), f"signal {-code}")
        return f"was killed from outside ({name})" if was_sent(code) else f"crashed ({name})"
    if code in _WINDOWS:
        return f"crashed ({_WINDOWS[code]})"
    return f"exited with code {code if code < 256 else hex(code)}"


def size_of(path: Path) -> int:
    """Bytes of a file; 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def tail(path: Path, start: int) -> str:
    """The end of what was written to the log since `start` (bytes)."""
    size = size_of(path)
    try:
        with path.open("rb") as file:
            # A log that is now shorter than it was has been cut in between.
            file.seek(max(start if start <= size else 0, size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def telling_line(text: str) -> str | None:
    """The line that names the cause: the error under the last traceback, or the last line that sounds like one."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    starts = [i for i, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    if starts:
        after = [line for line in lines[starts[-1] + 1 :] if not line.startswith(" ")]
        if after:
            return _shorten(after[0])
    told = [line for line in lines if _TELLING.search(line) and not _FAULTHANDLER.match(line) and line[:2] != "  "]
    return _shorten(told[-1]) if told else None


def _shorten(line: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in line).strip()
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
