"""The ring between PortAudio's thread and the event loop."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.ring import Ring


@given(st.integers(1, 50), st.lists(st.tuples(st.booleans(), st.integers(0, 70)), max_size=40))
def test_it_is_a_queue_that_drops_what_does_not_fit(capacity: int, steps: list[tuple[bool, int]]) -> None:
    ring = Ring(capacity)
    queue: list[float] = []
    number = dropped = 0
    for writes, count in steps:
        if writes:
            samples = np.arange(number, number + count, dtype=np.float32)
            number += count
            room = capacity - len(queue)
            assert ring.write(samples) == min(count, room)
            queue += samples[:room].tolist()
            dropped += max(count - room, 0)
        else:
            assert ring.read(count).tolist() == queue[:count]
            del queue[:count]
        assert len(ring) == len(queue)
        assert ring.dropped == dropped


def test_two_threads_lose_and_repeat_nothing() -> None:
    ring, total = Ring(1000), 40_000
    heard: list[np.ndarray] = []

    def write() -> None:
        at = 0
        while at < total:
            at += ring.write(np.arange(at, min(at + 173, total), dtype=np.float32))

    writer = threading.Thread(target=write)
    writer.start()
    while sum(map(len, heard)) < total and (writer.is_alive() or len(ring)):
        heard.append(ring.read(219))
    writer.join(30)
    np.testing.assert_array_equal(np.concatenate(heard), np.arange(total, dtype=np.float32))


def test_a_ring_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Ring(0)
