"""When to start a crashed worker again, and when to give up."""

from __future__ import annotations

import time
from collections import deque

CRASHES, WITHIN_S = 3, 90.0
BACKOFF_S = (0.1, 0.5)


class Breaker:
    """Counts crashes over a sliding window."""

    def __init__(self) -> None:
        self._crashes: deque[float] = deque()

    def crashed(self) -> float | None:
        """Count a crash. The seconds to wait before the next start, or None if it is time to give up."""
        now = time.monotonic()
        self._crashes.append(now)
        while self._crashes[0] < now - WITHIN_S:
            self._crashes.popleft()
        count = len(self._crashes)
        return None if count >= CRASHES else BACKOFF_S[count - 1]
