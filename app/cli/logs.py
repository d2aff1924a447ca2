"""Where the log goes: always to a file in the data folder, to stderr only when asked for."""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_LARGEST = 1_000_000  # bytes


def path(folder: Path) -> Path:
    """The log file in `folder`."""
    return folder / "duet.log"


def to_file(folder: Path) -> None:
    """Write the log of Duet to `folder`; if that cannot be done the program works without a log."""
    root = logging.getLogger("app")
    file = path(folder)
    if any(getattr(handler, "baseFilename", None) == str(file.absolute()) for handler in root.handlers):
        return
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _begin_anew_if_large(file)
        handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
        handler.setFormatter(logging.Formatter(FORMAT))
        _replace(root, handler)
        root.setLevel(min(root.level or logging.INFO, logging.INFO))


def to_stderr(level: int) -> None:
    """Write the log to stderr as well, from `level` on."""
    root = logging.getLogger("app")
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter(FORMAT))
    _replace(root, handler)
    root.setLevel(level)


def close() -> None:
    """Let go of the log file and stderr, and leave logging as it was before."""
    root = logging.getLogger("app")
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(logging.NOTSET)
    root.propagate = True


def _begin_anew_if_large(file: Path) -> None:
    """Done at the start only: while several processes write, Windows does not let any of them rename the file."""
    with contextlib.suppress(OSError):
        if file.stat().st_size > _LARGEST:
            file.replace(file.with_suffix(".old.log"))


def _replace(logger: logging.Logger, handler: logging.Handler) -> None:
    """One handler of each kind; records stay away from the root logger's last resort, which prints to stderr."""
    for old in tuple(logger.handlers):
        if type(old) is type(handler):
            logger.removeHandler(old)
            old.close()
    logger.addHandler(handler)
    logger.propagate = False
