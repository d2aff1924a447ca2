"""Who has the cores: the planner stands still while anything the user waits for is at work (DESIGN section 3).

Two models decoding at once cost the fast one four fifths of its speed on two cores, so the lower one is paused in its
native code, within a graph node, and goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.engines.worker.api import Calls


class Cores:
    """Grants the cores to hearing, the fast model and the voice; the `lower` worker has them when nobody else does.

    `on_pause` and `on_resume` are told of each change, with who took the cores.
    """

    def __init__(self, on_pause: Callable[[str], None], on_resume: Callable[[], None]) -> None:
        self._on_pause = on_pause
        self._on_resume = on_resume
        self._claims: list[str] = []
        self.lower: Calls | None = None

    @property
    def taken(self) -> bool:
        return bool(self._claims)

    @contextmanager
    def claim(self, who: str) -> Iterator[None]:
        """Hold the cores while the block runs. Claims nest and overlap freely."""
        self._claims.append(who)
        if len(self._claims) == 1 and self.lower is not None:
            self.lower.pause()
            self._on_pause(who)
        try:
            yield
        finally:
            self._claims.remove(who)
            if not self._claims and self.lower is not None:
                self.lower.resume()
                self._on_resume()
