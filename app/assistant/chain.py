"""Who answers in a role, and who stands in: a chain of models that an error or a missed deadline moves down.

A model that failed rests, longer each time, and then one request tries it again; meanwhile its stand-in answers at
once. What the user can mend (a text too long, a model file that is not there) is no failure and moves nothing. Knows
nothing of turns: what is shown, said and remembered is decided by the two tracks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from app.engines.language.base import Delta, Generated
from app.engines.worker.api import Stream
from app.errors import BadInput, BadModel, BadSetting, DeadlineExceeded, DuetError
from app.events import CameBack, FellBack, Warning

if TYPE_CHECKING:
    from app.assistant.parts import Track

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_REST_S, GROWTH, LONGEST_REST_S = 5.0, 3.0, 600.0
"""A crashed worker is back within seconds, and a worker tries a server again after 5; a server that stays away costs a
hanging request every ten minutes at most."""

GRACE_S = 2.0
"""How much later than the engine, which leaves pauses out, a deadline is enforced from outside."""


class NotAllowed(BadSetting):
    """The user has not allowed that anything leaves for this model's server. Its stand-in may answer."""


Tell = Callable[..., None]
"""Emits an event of the turn, from its type and its fields: `LiveTurn.tell`."""


@dataclass(slots=True)
class Health:
    """How a model has fared lately. Shared by all roles that use it. Times in s of the loop."""

    failures: int = 0
    rests_until: float = 0.0
    told: bool = False
    _trying: bool = False

    def fit(self, now: float) -> bool:
        """Whether it may be asked: it did not fail, or it has rested and nobody is trying it yet."""
        return not self.failures or (now >= self.rests_until and not self._trying)

    def failed(self, now: float) -> None:
        self.failures += 1
        self.rests_until = now + min(FIRST_REST_S * GROWTH ** (self.failures - 1), LONGEST_REST_S)

    def worked(self) -> bool:
        """It answered; whether it had failed before."""
        before = self.failures > 0
        self.failures, self.told = 0, False
        return before

    @contextmanager
    def trying(self) -> Iterator[None]:
        """While the block runs, others leave a model alone that has failed before."""
        self._trying = True
        try:
            yield
        finally:
            self._trying = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The models of a role, the primary first; at least one."""

    role: str
    tracks: Sequence[Track]

    @property
    def primary(self) -> Track:
        return self.tracks[0]

    @property
    def model(self) -> str:
        """What people call the primary."""
        return self.primary.model

    def order(self, now: float) -> list[Track]:
        """Whom to ask: those that are fit, and only then those that rest, for a late answer is better than none."""
        return sorted(self.tracks, key=lambda track: not track.health.fit(now))

    async def through(
        self,
        work: Callable[[Track, float | None], Awaitable[T]],
        tell: Tell,
        shown: Callable[[], bool] = lambda: False,
    ) -> T:
        """The result of `work` with the first model that can do it.

        work: called with a track and the longest wait for its first token, None where nobody is left to stand in.
        shown: whether something of a failed attempt is before the user already; then nobody may take over.

        Raises the error of the first model that was asked when nobody could, `BadInput`, `BadModel` and `BadSetting` of
        that one at once, and `Cancelled`.
        """
        clock = asyncio.get_running_loop().time
        order = self.order(clock())
        first: DuetError | None = None
        for index, track in enumerate(order):
            following = order[index + 1] if index + 1 < len(order) else None
            try:
                with track.health.trying(), track.in_use():
                    result = await work(track, track.first_token_s if following else None)
            except DuetError as error:
                mendable = isinstance(error, (BadInput, BadModel, BadSetting))
                if not mendable:
                    track.health.failed(clock())
                first = first or error
                if following is None or shown() or (mendable and index == 0 and not isinstance(error, NotAllowed)):
                    raise first from None
                self._fell(track, following, error, tell)
            else:
                if track.health.worked():
                    tell(CameBack, role=self.role, model=track.model)
                return result
        raise AssertionError("a chain has at least one model")

    def _fell(self, track: Track, following: Track, error: DuetError, tell: Tell) -> None:
        """Tell that another model takes over; in a sentence only when that is news."""
        log.warning("%s of %s is passed over: %s", track.model, self.role, error)
        tell(FellBack, role=self.role, from_model=track.model, to_model=following.model, why=str(error))
        if not track.health.told:
            track.health.told = True
            tell(Warning, text=f"{error} Meanwhile {following.model} takes its place.")


async def in_time(
    stream: Stream[Delta, Generated], model: str, first_token_s: float | None, deadline_s: float
) -> AsyncGenerator[Delta, None]:
    """The items of `stream`. Raises `DeadlineExceeded` when the first or the last of them is too late.

    first_token_s: None for no bound of its own. deadline_s: for all; the engine's own deadline, which ends the answer
    without an error, comes `GRACE_S` earlier.
    """
    began = asyncio.get_running_loop().time()
    whole = began + deadline_s + GRACE_S
    limit = whole if first_token_s is None else min(began + first_token_s, whole)
    items = aiter(stream)
    while True:
        try:
            async with asyncio.timeout_at(limit):
                item = await anext(items)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise too_late(model, limit - began, limit < whole) from None
        limit = whole
        yield item


def too_late(model: str, seconds: float, first_token: bool) -> DeadlineExceeded:
    """The error of a deadline that was missed."""
    what = "said nothing for" if first_token else "had no answer after"
    return DeadlineExceeded(f"{model} {what} {seconds:.0f} seconds; a smaller model is quicker.")
