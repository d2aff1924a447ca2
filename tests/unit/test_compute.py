"""Who has the cores: by examples, and as a state machine under random claims, jobs, deaths and changes of policy."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from app.assistant.compute import Claimant, Cores, Lower, Policy

ABOVE: tuple[Claimant, ...] = ("hearing", "fast", "voice")
BELOW: tuple[Lower, ...] = ("planner", "warm-up", "lab")


class Hand:
    """A worker that keeps a record of what it was told."""

    def __init__(self, log: list[str] | None = None, name: str = "") -> None:
        self.log = [] if log is None else log
        self.name = name
        self.paused = False

    def pause(self) -> None:
        self.paused = True
        self.log.append(f"pause {self.name}".strip())

    def resume(self) -> None:
        self.paused = False
        self.log.append(f"resume {self.name}".strip())


def make() -> tuple[Cores, list[str]]:
    told: list[str] = []
    return Cores(lambda job, by: told.append(f"{job} for {by}"), lambda job: told.append(f"{job} again")), told


def test_overlapping_claims_pause_once_and_resume_at_the_end() -> None:
    cores, told = make()
    hand = Hand()
    with cores.lower("planner", hand):
        with cores.claim("voice"), cores.claim("fast"):
            assert hand.log == ["pause"]
        assert hand.log == ["pause", "resume"]
    assert told == ["planner for voice", "planner again"]
    assert cores.idle


def test_who_takes_the_cores_is_the_most_urgent() -> None:
    cores, told = make()
    with cores.claim("voice"), cores.claim("hearing"), cores.lower("planner", Hand()):
        assert told == ["planner for hearing"]


def test_claims_may_end_in_any_order() -> None:
    cores, _ = make()
    hand = Hand()
    with cores.lower("planner", hand):
        fast, voice = cores.claim("fast"), cores.claim("voice")
        fast.__enter__()
        voice.__enter__()
        fast.__exit__(None, None, None)
        assert hand.log == ["pause"]
        voice.__exit__(None, None, None)
        assert hand.log == ["pause", "resume"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_a_claim_that_fails_gives_the_cores_back(error: type[BaseException]) -> None:
    cores, _ = make()
    hand = Hand()
    with cores.lower("planner", hand):
        with pytest.raises(error), cores.claim("fast"):
            raise error
        assert hand.log == ["pause", "resume"]
        assert not cores.taken


def test_a_higher_job_pauses_those_below_it_and_hands_over_at_its_end() -> None:
    cores, told = make()
    log: list[str] = []
    with cores.lower("lab", Hand(log, "lab")), ExitStack() as later:
        with cores.lower("warm-up", Hand(log, "warm-up")):
            later.enter_context(cores.lower("planner", Hand(log, "planner")))
            assert log == ["pause lab", "pause warm-up"]
        later.close()
        assert log == ["pause lab", "pause warm-up", "resume warm-up", "resume lab"]
    assert told == ["lab for warm-up", "warm-up for planner", "lab again"]


def test_of_equal_jobs_the_first_goes_first_and_those_of_one_worker_go_together() -> None:
    cores, _ = make()
    one, two = Hand(), Hand()
    with cores.lower("planner", two):
        with cores.lower("planner", one), cores.lower("planner", two):
            assert (one.paused, two.paused) == (True, False)
        assert two.log == []
    assert one.log == ["pause", "resume"]


def test_a_worker_whose_job_is_over_stands_still_with_the_others() -> None:
    cores, told = make()
    hand = Hand()
    with cores.claim("fast"):
        with cores.lower("planner", hand):
            pass
        assert hand.paused  # it may have to load again, which is work
        with cores.lower("planner", hand):
            pass
        assert hand.log == ["pause"]
    assert hand.log == ["pause", "resume"]
    assert told == ["planner for fast", "planner for fast"]
    with cores.claim("voice"):
        assert hand.paused  # it may hang
        cores.policy = "share"
        assert not hand.paused
    assert not hand.paused


def test_a_worker_that_is_gone_is_forgotten() -> None:
    cores, _ = make()
    log: list[str] = []
    with cores.lower("warm-up", Hand(log)):
        pass
    with cores.claim("fast"):
        pass
    assert log == []


def test_a_claimant_never_waits_for_its_own_worker() -> None:
    cores, _ = make()
    hand = Hand()
    with cores.lower("planner", hand):
        with cores.claim("voice"), cores.claim("fast", hand):
            assert not hand.paused
        assert not hand.paused


def test_under_share_the_planner_goes_on_and_nobody_else() -> None:
    cores, _ = make()
    planner, warm = Hand(), Hand()
    cores.policy = "share"
    with cores.lower("warm-up", warm), cores.claim("fast"):
        assert warm.paused
        with cores.lower("planner", planner):
            assert not planner.paused
            cores.policy = "yield"
            assert planner.paused
            cores.policy = "share"
            assert not planner.paused
            assert warm.paused


def test_a_subscriber_may_claim_while_it_is_told() -> None:
    hands = {"planner": Hand(), "lab": Hand()}
    held = ExitStack()

    def claim_too(job: Lower) -> None:
        if not again:
            again.append(held.enter_context(cores.claim("hearing")))

    again: list[None] = []
    cores = Cores(on_resume=claim_too)
    with cores.lower("lab", hands["lab"]), cores.lower("planner", hands["planner"]):
        with cores.claim("fast"):
            pass
        assert all(hand.paused for hand in hands.values())
        held.close()
        assert (hands["planner"].paused, hands["lab"].paused) == (False, True)


class Worker:
    """A worker that dies: what it was told last holds for its successor."""

    def __init__(self, machine: Scheduling) -> None:
        self.machine = machine
        self.paused = False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        self.machine.check_that_one_runs()


class Scheduling(RuleBasedStateMachine):
    """Claims and jobs come and go in any order, ended well or by an error, on workers that several jobs may share."""

    claims: Bundle[tuple[str, Worker | None, AbstractContextManager[None]]] = Bundle("claims")
    jobs: Bundle[tuple[Lower, Worker, AbstractContextManager[None]]] = Bundle("jobs")

    @initialize()
    def begin(self) -> None:
        self.told_paused: dict[str, int] = dict.fromkeys(BELOW, 0)
        self.cores = Cores(self._on_pause, self._on_resume)
        self.workers = [Worker(self) for _ in range(4)]
        self.held: list[tuple[str, Worker | None]] = []
        self.registered: list[tuple[Lower, Worker]] = []
        self.known: set[Worker] = set()
        self.policy: Policy = "yield"
        self.entered: dict[AbstractContextManager[None], tuple[list[Any], Any]] = {}

    def _on_pause(self, job: Lower, by: str) -> None:
        assert by in (*ABOVE, *BELOW)
        self.told_paused[job] += 1

    def _on_resume(self, job: Lower) -> None:
        self.told_paused[job] -= 1
        assert self.told_paused[job] >= -len(self.registered)

    @rule(target=claims, who=st.sampled_from(ABOVE), on=st.none() | st.integers(0, 3))
    def claim(self, who: Claimant, on: int | None) -> tuple[str, Worker | None, AbstractContextManager[None]]:
        worker = None if on is None else self.workers[on]
        claim = self.cores.claim(who, worker)
        self.held.append((who, worker))
        self.entered[claim] = (self.held, self.held[-1])
        claim.__enter__()
        return who, worker, claim

    @rule(claim=consumes(claims), fails=st.booleans())
    def release(self, claim: tuple[str, Worker | None, AbstractContextManager[None]], fails: bool) -> None:
        self.leave(claim[-1], fails)

    @rule(target=jobs, name=st.sampled_from(BELOW), on=st.integers(0, 3))
    def register(self, name: Lower, on: int) -> tuple[Lower, Worker, AbstractContextManager[None]]:
        job = self.cores.lower(name, self.workers[on])
        self.registered.append((name, self.workers[on]))
        self.entered[job] = (self.registered, self.registered[-1])
        self.known.add(self.workers[on])
        job.__enter__()
        return name, self.workers[on], job

    @rule(job=consumes(jobs), dies=st.booleans())
    def end(self, job: tuple[Lower, Worker, AbstractContextManager[None]], dies: bool) -> None:
        self.leave(job[-1], dies)

    def leave(self, manager: AbstractContextManager[None], fails: bool) -> None:
        """Leave the block, or have it ended by an error, which must get through."""
        records, record = self.entered.pop(manager)
        del records[next(place for place, each in enumerate(records) if each is record)]  # there may be equal ones
        error = RuntimeError("the worker died")
        assert not manager.__exit__(*(RuntimeError, error, None) if fails else (None, None, None))

    def teardown(self) -> None:
        for manager in tuple(self.entered):
            self.leave(manager, fails=False)
        assert not any(worker.paused for worker in self.workers)

    @rule(policy=st.sampled_from(("yield", "share")))
    def choose(self, policy: Policy) -> None:
        self.policy = policy
        self.cores.policy = policy

    def check_that_one_runs(self) -> None:
        """Also in the middle of a change: of the workers with jobs one runs, not counting those that claims use."""
        claimed = {id(worker) for _, worker in self.held}
        running = {id(worker) for _, worker in self.registered if not worker.paused} - claimed
        assert len(running) <= 1

    @invariant()
    def the_highest_runs_and_only_where_it_may(self) -> None:
        self.check_that_one_runs()
        claimed = {id(worker) for _, worker in self.held}
        running = {id(worker) for _, worker in self.registered if not worker.paused}
        first = min(self.registered, key=lambda job: BELOW.index(job[0]), default=None)
        beside = self.policy == "share" and first is not None and first[0] == "planner"
        may = {id(first[1])} if first is not None and (beside or not self.held) else set()
        registered = {id(worker) for _, worker in self.registered}
        assert running == (may | claimed) & registered

    @invariant()
    def nobody_else_is_paused_without_need(self) -> None:
        registered = {id(worker) for _, worker in self.registered}
        claimed = {id(worker) for _, worker in self.held}
        for worker in self.workers:
            if id(worker) not in registered:
                needed = self.held and self.policy == "yield" and id(worker) not in claimed
                assert worker.paused == bool(needed and worker in self.known)
        assert self.cores.taken == bool(self.held)
        assert self.cores.idle == (not self.held and not self.registered)


TestScheduling = Scheduling.TestCase
TestScheduling.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
