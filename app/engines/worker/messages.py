"""What a worker and its parent say to each other over their pipe. Values only.

Arguments, items and results travel as pickles inside the messages (`pack`, `unpack`), so that one which cannot be read
fails its own request and not the pipe.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

WINDOW = 64
"""Items of one stream that may be on their way, sent by the child and not yet taken by the consumer."""


@dataclass(frozen=True, slots=True)
class Call:
    """Run `method(*args, job=...)`. `items` says whether a generator's items are wanted or only its result."""

    id: int
    generation: int
    method: str
    args: bytes
    items: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """The caller of one request went away."""

    id: int


@dataclass(frozen=True, slots=True)
class Look:
    """The control block has changed: judge the running job again (see `control`)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The consumer has taken `items` more items of a stream: as many more may be sent."""

    id: int
    items: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Close the engine and exit."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded."""


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The engine's constructor said why it cannot load. The child exits after this."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a stream."""

    id: int
    generation: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The request is finished, with this result. `logged`: size of the log by then (bytes)."""

    id: int
    generation: int
    value: bytes
    logged: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The request came to nothing: an `app.errors.DuetError`, or `Cancelled`. `logged` as in `Done`."""

    id: int
    generation: int
    error: Exception
    logged: int


ToChild = Call | Cancel | Look | Grant | Shutdown
ToParent = Ready | LoadFailed | Item | Done | Failed


def pack(value: Any) -> bytes:
    """`value` as a pickle; raises what pickling raises."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """The value in `data`, which the process at the other end of our own pipe has packed."""
    return pickle.loads(data)  # noqa: S301 - the pipe joins a parent and the child that it spawned, nobody else
