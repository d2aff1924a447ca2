"""Text that remembers, while it is rewritten, which place of the original each of its characters stands for.

So the words of a written clause can be found in what was spoken of it. Knows nothing of languages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Replace = Callable[[re.Match[str]], "str | None"]


@dataclass(frozen=True, slots=True)
class Tracked:
    """`text`, and for each of its characters the index in the original. The indices never fall."""

    text: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Tracked:
        return cls(text, tuple(range(len(text))))

    @classmethod
    def standing_for(cls, text: str, start: int, end: int) -> Tracked:
        """`text` in the place of the original's characters from `start` to `end`, evenly spread."""
        span = max(1, end - start)
        return cls(text, tuple(start + index * span // len(text) for index in range(len(text))))

    @classmethod
    def joined(cls, parts: Iterable[Tracked]) -> Tracked:
        listed = list(parts)
        origins: list[int] = []
        for part in listed:
            origins.extend(part.origins)
        return cls("".join(part.text for part in listed), tuple(origins))

    def sub(self, pattern: re.Pattern[str], replace: Replace | str) -> Tracked:
        """As `re.sub`; where `replace` gives None the match stays as it is. A string is taken literally."""
        parts: list[Tracked] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replace if isinstance(replace, str) else replace(match)
            if new is None or new == match[0]:
                continue
            parts += [self[done : match.start()], self._instead(new, match.start(), match.end())]
            done = match.end()
        return Tracked.joined([*parts, self[done:]]) if parts else self

    def _instead(self, new: str, start: int, end: int) -> Tracked:
        if not new:
            return Tracked("", ())
        first = self.origins[start] if start < len(self.origins) else (self.origins[-1] + 1 if self.origins else 0)
        last = self.origins[end - 1] + 1 if end > start else first
        return Tracked.standing_for(new, first, last)

    def __getitem__(self, part: slice) -> Tracked:
        return Tracked(self.text[part], self.origins[part])

    def stripped(self) -> Tracked:
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where what stands for the original's characters from `start` to `end` begins and ends in `text`."""
        return bisect_left(self.origins, start), bisect_left(self.origins, end)
