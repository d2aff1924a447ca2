"""The compute policy: what decides it, and the measurement that is made when nobody needs the cores. Virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.assistant.assistant import Assistant
from app.assistant.idle_measurement import QUIET_S, ComputePolicy
from app.assistant.parts import Parts, Track
from app.assistant.sharing import Interference, decide, remember, setup
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.spec import WorkerSpec
from app.errors import WorkerDied
from app.events import EventBus, ModelChanged, PolicyChosen
from app.memory.context import Context
from app.settings import Settings
from app.store import Store
from tests.loop.scripted import ScriptedModel
from tests.loop.virtual_time import run_virtual

FAST = WorkerSpec(name="fast", group="duet.language", engine="llama", model="small")
PLANNER = WorkerSpec(name="planner", group="duet.language", engine="llama", model="large")


@pytest.fixture(name="store")
def opened_store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "duet.db")
    yield store
    store.close()


def forced(policy: str) -> Settings:
    return Settings.model_validate({"compute": {"policy": policy}})


@pytest.mark.parametrize(
    ("first", "speed", "within"),
    [(1.15, 0.90, True), (1.16, 0.95, False), (1.0, 0.89, False), (0.9, 1.1, True), (40.0, 0.2, False)],
)
def test_the_budgets_decide(first: float, speed: float, within: bool) -> None:
    assert Interference(first, speed).within_budget == within


def test_what_decides_the_policy(store: Store) -> None:
    settings = Settings()
    remote = WorkerSpec(name="x", group="duet.language", engine="remote")
    assert [decide(forced(policy), store, FAST, PLANNER).policy for policy in ("yield", "share")] == ["yield", "share"]
    assert decide(settings, store, FAST, None).policy == "yield"
    assert decide(settings, store, FAST, remote).policy == "share"
    assert decide(settings, store, remote, PLANNER).policy == "yield"
    unknown = decide(settings, store, FAST, PLANNER)
    assert (unknown.policy, unknown.open) == ("yield", True)
    remember(store, setup(settings, FAST, PLANNER), Interference(1.05, 0.97))
    known = decide(settings, store, FAST, PLANNER)
    assert (known.policy, known.open) == ("share", False)
    assert "1.05 times as long" in known.why
    remember(store, setup(settings, FAST, PLANNER), Interference(2.5, 0.2))
    assert decide(settings, store, FAST, PLANNER).policy == "yield"


@pytest.mark.parametrize("change", [{"threads": 3}, {"gpu_layers": -1}])
def test_another_setup_is_measured_anew(store: Store, change: dict[str, int]) -> None:
    remember(store, setup(Settings(), FAST, PLANNER), Interference(1.0, 1.0))
    other = Settings.model_validate({"compute": change})
    assert decide(other, store, FAST, PLANNER).open
    assert decide(Settings(), store, FAST, WorkerSpec(name="planner", group="g", engine="llama", model="other")).open
    assert decide(Settings(), store, PLANNER, FAST).open
    assert not decide(Settings(), store, FAST, PLANNER).open


class Thinker(ScriptedModel):
    """A planner that tells whether it is at work."""

    active = 0

    async def generate(self, request: GenerateRequest) -> AsyncIterator[tuple[str, Any]]:
        self.active += 1
        try:
            async for item in super().generate(request):
                yield item
        finally:
            self.active -= 1


class Contended(ScriptedModel):
    """A fast model that is `factor` times as slow while the planner is at work."""

    def __init__(self, planner: Thinker, factor: float) -> None:
        super().__init__("fast", "small", lambda q: "it was a long way over the sea", 0.01)
        self.planner, self.factor = planner, factor
        self.fails = False
        self.was_asked = asyncio.Event()

    async def generate(self, request: GenerateRequest) -> AsyncIterator[tuple[str, Any]]:
        self.was_asked.set()
        if self.fails:
            raise WorkerDied("The fast worker was killed.")
        self.word_s = 0.01 * (self.factor if self.planner.active else 1.0)
        async for item in super().generate(request):
            yield item


class Stage:
    """An assistant with scripted models, and its policy."""

    def __init__(self, store: Store, factor: float = 1.0) -> None:
        self.bus = EventBus()
        self.chosen: list[PolicyChosen] = []
        self.bus.subscribe(lambda event: self.chosen.append(event) if isinstance(event, PolicyChosen) else None)
        self.planner = Thinker("planner", "large", lambda q: "word " * 50, 0.05)
        self.fast = Contended(self.planner, factor)
        fast, planner = (
            Track(client=LanguageClient(model), context=Context("be brief", 0), sampling=Sampling(), deadline_s=30.0)
            for model in (self.fast, self.planner)
        )
        self.assistant = Assistant(Parts(fast=fast, planner=planner), self.bus)
        self.specs: tuple[WorkerSpec, WorkerSpec | None] = (FAST, PLANNER)
        self.policy = ComputePolicy(Settings(), store, self.assistant, lambda: self.specs)


@pytest.mark.parametrize(("factor", "policy"), [(1.0, "share"), (1.05, "share"), (1.3, "yield"), (40.0, "yield")])
def test_it_is_measured_once_when_nobody_needs_the_cores(store: Store, factor: float, policy: str) -> None:
    async def main() -> None:
        stage = Stage(store, factor)
        began = asyncio.get_running_loop().time()
        await stage.policy.measure_when_idle()
        assert asyncio.get_running_loop().time() - began > QUIET_S
        assert stage.assistant.cores.policy == stage.policy.decision.policy == policy
        assert [event.policy for event in stage.chosen] == ["yield", policy]
        assert "not measured" in stage.chosen[0].why
        assert f"{factor:.2f} times as long" in stage.chosen[1].why
        assert stage.fast.warmed  # the history is back in the cache
        assert not stage.planner.active
        asked = len(stage.fast.asked)
        await stage.policy.measure_when_idle()
        assert len(stage.fast.asked) == asked
        assert Stage(store).policy.decision == stage.policy.decision  # another start remembers

    run_virtual(main())


def test_it_gives_up_at_once_when_somebody_wants_something_and_tries_again(store: Store) -> None:
    async def main() -> None:
        stage = Stage(store)
        measuring = asyncio.create_task(stage.policy.measure_when_idle())
        await stage.fast.was_asked.wait()
        with stage.assistant.cores.claim("hearing"):
            for _ in range(5):
                await asyncio.sleep(0)
            assert not stage.planner.active
            assert stage.assistant.cores.taken
            asked = len(stage.fast.asked)
            await asyncio.sleep(10 * QUIET_S)
            assert len(stage.fast.asked) == asked
            assert not measuring.done()
        await measuring
        assert stage.policy.decision.policy == "share"
        assert stage.assistant.cores.idle

    run_virtual(main())


def test_turns_come_first(store: Store) -> None:
    async def main() -> None:
        stage = Stage(store)
        measuring = asyncio.create_task(stage.policy.measure_when_idle())
        await stage.fast.was_asked.wait()
        turn = stage.assistant.begin("How far is it?", "c")
        await stage.assistant.run(turn, planner=False)
        assert turn.answer == "it was a long way over the sea"
        assert turn.marks["answer_finished"] - turn.started < 0.2
        await measuring
        assert stage.policy.decision.policy == "share"

    run_virtual(main())


def test_what_cannot_be_measured_stays_as_it_is(store: Store) -> None:
    async def main() -> None:
        stage = Stage(store)
        stage.fast.fails = True
        await stage.policy.measure_when_idle()
        assert stage.policy.decision.open
        assert stage.assistant.cores.policy == "yield"
        assert stage.assistant.cores.idle

    run_virtual(main())


def test_another_model_has_its_own_policy(store: Store) -> None:
    async def main() -> None:
        remember(store, setup(Settings(), FAST, PLANNER), Interference(1.0, 1.0))
        stage = Stage(store)
        assert stage.assistant.cores.policy == "share"
        stage.specs = (FAST, replace(PLANNER, model="huge"))
        stage.bus.emit(ModelChanged(worker="planner", model="huge"))
        assert stage.assistant.cores.policy == "yield"
        stage.specs = (FAST, PLANNER)
        stage.bus.emit(ModelChanged(worker="planner", model="large"))
        assert stage.assistant.cores.policy == "share"

    run_virtual(main())


# -- the warm-up, which works on the fast worker itself ---------------------------------------------------------


class SlowlyWarmed(ScriptedModel):
    """Takes two seconds for a warm-up. `done` counts those that were finished."""

    done = 0

    async def warm(self, messages: tuple[Message, ...]) -> None:
        self.warmed.append(messages)
        await asyncio.sleep(2.0)
        self.done += 1


def warming_stage(store: Store) -> tuple[Stage, SlowlyWarmed]:
    stage = Stage(store)
    fast = SlowlyWarmed("fast", "small", lambda q: "Yes.", 0.01)
    stage.assistant.parts.fast.client = LanguageClient(fast)
    return stage, fast


def test_a_warm_up_stands_still_for_a_claim_and_is_made_again(store: Store) -> None:
    async def main() -> None:
        stage, fast = warming_stage(store)
        warming = asyncio.create_task(stage.assistant.warm())
        await asyncio.sleep(0.5)
        with stage.assistant.cores.claim("hearing"):
            await asyncio.sleep(60.0)
            assert not warming.done()
            assert not fast.paused  # the worker itself is there for whoever needs it
            assert len(fast.warmed) == 1
        began = asyncio.get_running_loop().time()
        await warming
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
        assert (len(fast.warmed), fast.done) == (2, 1)
        assert stage.assistant.cores.idle

    run_virtual(main())


def test_the_planner_goes_before_a_warm_up(store: Store) -> None:
    async def main() -> None:
        stage, fast = warming_stage(store)
        warming = asyncio.create_task(stage.assistant.warm())
        await asyncio.sleep(0.5)
        with stage.assistant.cores.lower("planner", stage.planner):
            await asyncio.sleep(5.0)
            assert fast.done == 0
            assert not stage.planner.paused
        await warming
        assert fast.done == 1

    run_virtual(main())


def test_a_question_that_is_being_said_is_prefilled_while_it_is_heard(store: Store) -> None:
    async def main() -> None:
        stage, fast = warming_stage(store)
        with stage.assistant.cores.claim("hearing"):
            stage.assistant.expect("What is the capital")
            await asyncio.sleep(3.0)
            assert fast.done == 1
            assert fast.warmed[-1][-1].content == "What is the capital"

    run_virtual(main())


def test_a_warm_up_that_is_cancelled_leaves_nothing_behind(store: Store) -> None:
    async def main() -> None:
        stage, fast = warming_stage(store)
        for held in (False, True):
            with ExitStack() as claims:
                warming = asyncio.create_task(stage.assistant.warm())
                await asyncio.sleep(0.5)
                if held:
                    claims.enter_context(stage.assistant.cores.claim("fast"))
                    await asyncio.sleep(0.5)
                warming.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await warming
            assert stage.assistant.cores.idle
        await asyncio.sleep(5.0)
        assert fast.done == 0

    run_virtual(main())
