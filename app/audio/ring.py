"""A ring buffer between one thread that writes sound and one that reads it, without a lock.

Each side moves only its own counter, after the samples are in place; assigning a Python int is atomic.
"""

from __future__ import annotations

import numpy as np

from app.audio.base import Samples


class Ring:
    """Room for `capacity` mono samples. One writer, one reader; neither ever waits.

    Attributes
    ----------
    dropped
        Samples that found no room since the ring was made.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a ring holds at least one sample")
        self._samples: Samples = np.zeros(capacity, np.float32)
        self._written = 0
        self._read = 0
        self.dropped = 0

    def __len__(self) -> int:
        """Samples that can be read now."""
        return self._written - self._read

    def write(self, samples: Samples) -> int:
        """Append what there is room for and count the rest as dropped. Gives how many were taken."""
        capacity = len(self._samples)
        count = min(len(samples), capacity - len(self))
        start = self._written % capacity
        first = min(count, capacity - start)
        self._samples[start : start + first] = samples[:first]
        self._samples[: count - first] = samples[first:count]
        self._written += count
        self.dropped += len(samples) - count
        return count

    def read(self, count: int) -> Samples:
        """The oldest `count` samples as a copy, or all where there are fewer."""
        capacity = len(self._samples)
        count = min(count, len(self))
        start = self._read % capacity
        first = min(count, capacity - start)
        samples = np.concatenate((self._samples[start : start + first], self._samples[: count - first]))
        self._read += count
        return samples
