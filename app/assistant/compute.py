"""Who has the cores: what the user waits for, and below it one job at a time (DESIGN section 3).

Two models decoding at once cost the fast one four fifths of its speed on two cores, so whoever is lower stands still in
its native code, within a graph node, and goes on where it was. This decides and tells the workers. It knows no
processes and no clocks; what a worker does about a pause is its own business (`app.engines.worker`), and whether
sharing pays is measured elsewhere (`sharing`).

Claims and jobs are context managers and nothing else: whatever ends the block (an error, a cancelled task, a worker's
death) gives back what it held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol, get_args
from weakref import WeakSet

Claimant = Literal["hearing", "fast", "voice"]
"""What the user waits for, the most urgent first. They never pause each other: the voice speaks the first clause while
the fast model writes the second."""

Lower = Literal["planner", "warm-up", "lab"]
"""What can wait, the most important first."""

Policy = Literal["yield", "share"]
"""What the planner does while something above it is at work: stand still, or go on."""


class Pausable(Protocol):
    """What runs a lower job, usually a worker. Both calls return at once and may be repeated."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class Job:
    """A lower job for as long as it is registered."""

    def __init__(self, name: Lower, worker: Pausable) -> None:
        self.name = name
        self.worker = worker
        self.paused = False


class Claim:
    """A claim for as long as it is held."""

    def __init__(self, who: Claimant, worker: Pausable | None) -> None:
        self.who = who
        self.worker = worker


def granted(claims: Sequence[Claim], jobs: Sequence[Job], policy: Policy) -> Job | None:
    """The one lower job that may run now.

    It is the highest, and of equals the one that came first. Under "share" the planner goes on beside a claim, for that
    is what was measured; the warm-up works on the fast model itself, and the lab is for hours when nobody waits.
    """
    first = min(jobs, key=lambda job: get_args(Lower).index(job.name), default=None)
    if first is None or (claims and not (policy == "share" and first.name == "planner")):
        return None
    return first


class Cores:
    """Grants the cores. Belongs to one event loop.

    on_pause(job, by) is told when a job has to stand still, and for whom; on_resume(job) when it goes on.
    """

    def __init__(
        self,
        on_pause: Callable[[Lower, str], None] = lambda job, by: None,
        on_resume: Callable[[Lower], None] = lambda job: None,
    ) -> None:
        self._on_pause = on_pause
        self._on_resume = on_resume
        self._claims: list[Claim] = []
        self._jobs: list[Job] = []
        self._known: WeakSet[Pausable] = WeakSet()
        self._standing: dict[int, Pausable] = {}  # the workers that were told to stand still, by identity
        self._policy: Policy = "yield"

    @property
    def taken(self) -> bool:
        """Whether something that the user waits for is at work."""
        return bool(self._claims)

    @property
    def idle(self) -> bool:
        """Whether nobody has or wants the cores."""
        return not self._claims and not self._jobs

    @property
    def policy(self) -> Policy:
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self._policy = policy
        self._settle()

    @contextmanager
    def claim(self, who: Claimant, worker: Pausable | None = None) -> Iterator[None]:
        """Have the cores while the block runs. Claims nest and overlap freely.

        worker: what works for the claim, where it might be at work for a lower job as well. It goes on: whoever made
        its own worker stand still would wait for itself.
        """
        claim = Claim(who, worker)
        self._claims.append(claim)
        try:
            self._settle()
            yield
        finally:
            self._claims.remove(claim)
            self._settle()

    @contextmanager
    def lower(self, name: Lower, worker: Pausable) -> Iterator[None]:
        """Work with `worker` while the block runs; it stands still whenever somebody above needs the cores.

        Jobs on the same worker stand still and go on together. What waits for something other than the cores (a user's
        consent) should not be inside: jobs below it would wait as well. A worker stays known after its job: one that
        hangs or has to load again takes cores too, and stands still with the others.
        """
        job = Job(name, worker)
        self._known.add(worker)
        self._jobs.append(job)
        try:
            self._settle()
            yield
        finally:
            self._jobs.remove(job)
            self._settle()

    def _settle(self) -> None:
        """Make the workers do what is granted: first those that must stand still, so that at no time two run.

        They are told of it after that, since a subscriber may make claims of its own.
        """
        first = granted(self._claims, self._jobs, self._policy)
        before = self._standing
        lower = [job.worker for job in self._jobs]
        if self._claims and self._policy == "yield":
            lower += self._known
        at_work = {id(claim.worker) for claim in self._claims} | ({id(first.worker)} if first else set())
        self._standing = {id(worker): worker for worker in lower if id(worker) not in at_work}
        for key in self._standing.keys() - before.keys():
            self._standing[key].pause()
        for key in before.keys() - self._standing.keys():
            before[key].resume()
        self._tell(first)

    def _tell(self, first: Job | None) -> None:
        changed = [job for job in self._jobs if job.paused != (id(job.worker) in self._standing)]
        by = self._who(first)
        for job in changed:
            job.paused = not job.paused
        for job in changed:
            if job.paused:
                self._on_pause(job.name, by)
            else:
                self._on_resume(job.name)

    def _who(self, first: Job | None) -> str:
        """For whom the others stand still."""
        if self._claims:
            return min((claim.who for claim in self._claims), key=get_args(Claimant).index)
        return first.name if first is not None else ""
