"""Connections to the database file, and SQLite's errors as sentences. Knows the file, not what is in it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from app.errors import StoreError
from app.store.migrations import APPLICATION_ID

BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for another process that writes. Duet's own transactions take milliseconds."""
_PATIENCE_S = 0.01
T = TypeVar("T")

# No code at all comes from Python's module itself: a type that cannot be stored, a connection that is closed.
_OUR_OWN_FAULT = (0, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE)


@contextlib.contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Raise what SQLite has to say about `path` as StoreError; a wrong value or a closed database stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        if _primary(error) in _OUR_OWN_FAULT:
            raise
        raise StoreError(_sentence(error, path)) from error


def patiently(attempt: Callable[[], T], timeout_s: float) -> T:
    """What `attempt` returns, tried again while the file is locked.

    SQLite itself waits for most locks, but not for those of a process that switches the file to WAL or cleans up.
    """
    end = time.monotonic() + timeout_s
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if _primary(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() >= end:
                raise
        time.sleep(_PATIENCE_S)


def create_file(path: Path) -> None:
    """Make the folder and an empty file, for their owner only, if they are not there. Raises StoreError."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, but the database needs a file of that name; rename the folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be created ({error.strerror}); make its folder writable, or choose another "
            "with `duet settings set store.data_dir FOLDER`."
        ) from None


def writer(path: Path, timeout_s: float) -> sqlite3.Connection | None:
    """A connection that can write, or None if the file or its folder is read-only. Raises sqlite3.Error."""
    connection = _connect(path, "rw", timeout_s)
    try:
        _refuse_other_programs(connection, path)
        _enable_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # survives kill -9; WAL keeps the file sound at a power cut
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        connection.execute("BEGIN IMMEDIATE")  # which a read-only file allows
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")  # which it does not
        connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        connection.close()
        if _primary(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return None
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def reader(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection that only reads; works in a read-only folder. Raises sqlite3.Error."""
    connection = _connect(path, "ro", timeout_s)
    try:
        _refuse_other_programs(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if _primary(error) not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            raise
        # A WAL database needs files beside it even for reading, unless it is taken as it lies.
        connection = _connect(path, "ro&immutable=1", timeout_s)
        _refuse_other_programs(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _enable_wal(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _refuse_other_programs(connection: sqlite3.Connection, path: Path) -> None:
    # In this order: another process may make the tables and the mark, in one transaction, between the two questions.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and application != APPLICATION_ID:
        raise StoreError(f"{path} is the database of another program; move it away, and Duet starts a new one.")


def _primary(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension; 0 where Python gives none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _sentence(error: sqlite3.Error, path: Path) -> str:
    code = _primary(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"The database {path} is locked by another program; close that program and try again."
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return (
            f"The database {path} is damaged or no database; it was left as it is: put a backup in its place, or move "
            "it away with its -wal and -shm files, and Duet starts a new one."
        )
    if code == sqlite3.SQLITE_FULL:
        return f"There is no space left for the database {path}; free some and try again, nothing stored was lost."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return READ_ONLY.format(path=path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return f"The database {path} cannot be opened; check the permissions of the file and its folder."
    if code == sqlite3.SQLITE_IOERR:
        return f"The database {path} cannot be read or written ({error}); check the disk and its free space."
    return f"The database {path} cannot be used ({error}); see the log for details."


READ_ONLY = "The database {path} is read-only; make the file and its folder writable and try again."
