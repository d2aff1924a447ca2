"""The words of memory that a parent and its worker share, through which a cancel reaches native code.

The parent writes `generation`, `paused` and the stop flag; the child writes the stop flag, `running` and `progress`.
There is no lock across the processes, since a killed child would leave it locked. Instead:

- Whoever wants the child to stop writes the reason first (`generation`, `paused`), the flag second, and sends a `Look`
  (or `Cancel`) over the pipe third.
- The child writes 0 to the flag, then reads the reasons again, and raises the flag once more if one holds
  (`Gate.settle`). It does so when a job begins, when a job finds the flag raised, and on each message.

The flag alone could be lost: the child's 0 may overtake the parent's 1 in a store buffer. The message cannot be, and a
read that follows it sees the reason, so the flag is up again at most one message later. A flag that is raised too late,
when its job has ended, stops the next job's native call for nothing: that job's `checkpoint` finds no reason, clears
the flag and returns, and the engine repeats the batch as it does after a pause. Whether a job is void is always told by
the reasons, never by the flag.
"""

from __future__ import annotations

import ctypes
from multiprocessing.context import SpawnContext


class Block(ctypes.Structure):
    """The layout. `stop` and the NUL bytes after it are the C string that native code polls with `strlen`."""

    stop: int
    paused: int
    generation: int
    running: int
    progress: int

    _fields_ = (
        ("stop", ctypes.c_uint8),
        ("terminator", ctypes.c_uint8 * 7),
        ("paused", ctypes.c_int64),
        ("generation", ctypes.c_int64),
        ("running", ctypes.c_int64),
        ("progress", ctypes.c_int64),
    )
    # Aligned words: each is read and written by one instruction on every machine that Duet runs on.


def new_block(context: SpawnContext, generation: int, paused: bool) -> Block:
    """A block for one child, handed over as an argument of its process; its memory is freed with the object.

    running: id of the request at work, 0 while there is none or it waits (paused, or for its consumer).
    progress: counts checkpoints.
    """
    block: Block = context.RawValue(Block)
    block.generation = generation
    block.paused = int(paused)
    return block
