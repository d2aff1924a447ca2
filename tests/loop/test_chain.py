"""Who stands in for whom, and for how long, on virtual time with scripted models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from app import events
from app.assistant.advice import IDLE_S, Adviser
from app.assistant.assistant import Assistant
from app.assistant.casting import Spare
from app.assistant.chain import FIRST_REST_S, GROWTH, LONGEST_REST_S, Chain, Health, NotAllowed
from app.assistant.fast_track import APOLOGY
from app.assistant.parts import Parts, Track
from app.assistant.tool_use import ToolUse
from app.engines.language.base import Delta, Generated, GenerateRequest, Sampling
from app.engines.language.client import LanguageClient
from app.errors import BadModel
from app.events import Event, EventBus
from app.memory.context import Context
from app.registry.scores import Advice
from app.tools.toolbox import Toolbox
from tests.loop.scripted import ScriptedModel
from tests.loop.test_tools_in_turns import NOW, Double, doubled
from tests.loop.virtual_time import run_virtual

E = TypeVar("E", bound=Event)


def track(model: ScriptedModel, first_token_s: float | None = 5.0, deadline_s: float = 30.0) -> Track:
    return Track(
        client=LanguageClient(model),
        context=Context("be brief", 0),
        sampling=Sampling(),
        deadline_s=deadline_s,
        first_token_s=first_token_s,
    )


class Troupe:
    """An assistant whose roles are played by scripted models, and everything that happened."""

    def __init__(self, **roles: Sequence[Track]) -> None:
        self.chains = {role: Chain(role, tracks) for role, tracks in roles.items()}
        self.seen: list[Event] = []
        bus = EventBus()
        bus.subscribe(self.seen.append)
        planner = self.chains["planning"].primary if "planning" in self.chains else None
        self.parts = Parts(fast=self.chains["dialogue"].primary, planner=planner, roles=self)
        self.assistant = Assistant(self.parts, bus)

    def chain(self, role: str) -> Chain:
        return self.chains[role]

    def tracks(self) -> list[Track]:
        return [track for chain in self.chains.values() for track in chain.tracks]

    async def ask(self, text: str = "What is the capital of France?") -> events.AnswerFinished:
        turn = self.assistant.begin(text, "c")
        await self.assistant.run(turn)
        return self.of(events.AnswerFinished)[-1]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.seen if isinstance(event, kind)]


def models(primary: Callable[[str], str], word_s: float = 0.01) -> tuple[ScriptedModel, ScriptedModel]:
    return ScriptedModel("fast", "large", primary, word_s), ScriptedModel(
        "fast-small", "small", lambda q: "It is Paris."
    )


def play(main: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await main()

    run_virtual(run())


def test_an_error_before_the_first_word_moves_to_the_stand_in() -> None:
    async def main() -> None:
        large, small = models(lambda q: "!")
        troupe = Troupe(dialogue=[track(large), track(small)])
        answer = await troupe.ask()
        assert (answer.text, answer.model, answer.failed) == ("It is Paris.", "small", None)
        (fell,) = troupe.of(events.FellBack)
        assert (fell.role, fell.from_model, fell.to_model) == ("dialogue", "large", "small")
        assert fell.why == "The fast model's process was killed."
        (warning,) = troupe.of(events.Warning)
        assert warning.text == "The fast model's process was killed. Meanwhile small takes its place."

    play(main)


def test_a_failure_in_mid_answer_is_apologised_for_and_repeats_nothing() -> None:
    async def main() -> None:
        large, small = models(lambda q: "It is !")
        troupe = Troupe(dialogue=[track(large), track(small)])
        answer = await troupe.ask()
        assert answer.text == f"It is {APOLOGY}"
        assert small.asked == []
        assert (await troupe.ask()).model == "small"  # but it rests now

    play(main)


def test_a_model_that_is_silent_for_too_long_is_passed_over() -> None:
    async def main() -> None:
        large, small = models(lambda q: "Late.", word_s=20.0)
        troupe = Troupe(dialogue=[track(large, first_token_s=4.0), track(small)])
        began = asyncio.get_running_loop().time()
        answer = await troupe.ask()
        assert answer.model == "small"
        assert answer.time - began == pytest.approx(4.0, abs=0.2)
        assert "said nothing for 4 seconds" in troupe.of(events.FellBack)[0].why

    play(main)


def test_without_a_stand_in_a_slow_model_may_take_its_time() -> None:
    async def main() -> None:
        large, _ = models(lambda q: "Late.", word_s=20.0)
        answer = await Troupe(dialogue=[track(large, first_token_s=4.0)]).ask()
        assert (answer.text, answer.failed) == ("Late.", None)

    play(main)


def test_a_model_that_never_ends_is_cut_off_at_the_whole_deadline() -> None:
    async def main() -> None:
        large, small = models(lambda q: "word " * 100, word_s=1.0)
        troupe = Troupe(dialogue=[track(large, deadline_s=10.0), track(small)])
        began = asyncio.get_running_loop().time()
        answer = await troupe.ask()
        assert answer.time - began == pytest.approx(12.0, abs=0.1)
        assert answer.text.endswith(APOLOGY)
        assert "large had no answer after 12 seconds" in str(answer.failed)

    play(main)


def test_an_answer_of_nothing_at_the_engines_deadline_is_a_missed_one() -> None:
    async def main() -> None:
        large, small = models(lambda q: "unused")

        async def thought_only(request: GenerateRequest) -> AsyncIterator[tuple[str, Any]]:
            yield "item", Delta("Let me see", 3, thinking=True)
            await large.work(request.deadline_s or 0.0)
            ended = {"text": "", "thinking": "Let me see", "finish": "deadline", "prompt_tokens": 1, "cached_tokens": 0}
            yield "result", Generated(**ended, tokens=3, first_token_ms=1.0, elapsed_ms=1.0, tokens_per_s=None)

        large.generate = thought_only  # type: ignore[method-assign]
        troupe = Troupe(dialogue=[track(large, deadline_s=10.0), track(small)])
        assert (await troupe.ask()).model == "small"
        assert "large had no answer after 10 seconds" in troupe.of(events.FellBack)[0].why

    play(main)


def test_what_failed_rests_longer_each_time_and_is_tried_again_by_one_request() -> None:
    async def main() -> None:
        broken = True
        large, small = models(lambda q: "!" if broken else "It is Paris, surely.")
        troupe = Troupe(dialogue=[track(large), track(small)])
        rest = FIRST_REST_S
        for _ in range(3):
            await troupe.ask()
            asked = len(large.asked)
            await asyncio.sleep(rest - 0.5)
            assert (await troupe.ask()).model == "small"
            assert len(large.asked) == asked  # it rests
            await asyncio.sleep(0.5)
            rest *= GROWTH
        assert len(troupe.of(events.FellBack)) == 3
        assert len(troupe.of(events.Warning)) == 1  # one sentence for the whole outage
        broken = False
        assert (await troupe.ask()).model == "large"
        assert [back.model for back in troupe.of(events.CameBack)] == ["large"]
        broken = True
        await troupe.ask()
        assert len(troupe.of(events.Warning)) == 2  # a new outage is news again

    play(main)


def test_when_all_fail_there_is_an_apology_with_the_first_cause() -> None:
    async def main() -> None:
        large, small = models(lambda q: "!")
        small.reply = lambda q: "!"
        troupe = Troupe(dialogue=[track(large), track(small)])
        for _ in range(3):  # those that rest are asked too when nobody else is left
            answer = await troupe.ask()
            assert answer.text == APOLOGY
        assert (len(large.asked), len(small.asked)) == (3, 3)

    play(main)


def test_what_the_user_can_mend_moves_nothing() -> None:
    async def main() -> None:
        large, small = models(lambda q: "Fine.")

        async def missing() -> None:
            raise BadModel("There is no file large.gguf.")

        large.start = missing  # type: ignore[method-assign]
        troupe = Troupe(dialogue=[track(large), track(small)])
        with pytest.raises(BadModel, match=r"large\.gguf"):
            await troupe.ask()
        assert small.asked == []
        assert troupe.of(events.FellBack) == []

    play(main)


def test_a_server_that_is_not_allowed_has_a_stand_in_and_no_rest() -> None:
    async def main() -> None:
        large, small = models(lambda q: "From afar.")
        allowed = False

        async def permit() -> None:
            if not allowed:
                raise NotAllowed("Nothing was sent to llm.example.")

        first = track(large)
        first.permit = permit
        troupe = Troupe(dialogue=[first, track(small)])
        for _ in range(2):
            assert (await troupe.ask()).model == "small"
        assert len(troupe.of(events.Warning)) == 1
        allowed = True
        assert (await troupe.ask()).model == "large"

    play(main)


def test_a_draft_that_is_dropped_says_nothing_of_its_fallback() -> None:
    async def main() -> None:
        large, small = models(lambda q: "!")
        troupe = Troupe(dialogue=[track(large), track(small)])
        turn = troupe.assistant.draft("Hello?", source="s", started=0.0, turn_id="t")
        running = asyncio.create_task(troupe.assistant.run(turn))
        await asyncio.sleep(1.0)
        assert turn.answer == "It is Paris."
        running.cancel()
        troupe.assistant.drop(turn, "speech went on")
        await asyncio.gather(running, return_exceptions=True)
        assert troupe.of(events.FellBack) + troupe.of(events.Warning) == []

    play(main)


def test_one_request_tries_a_model_that_failed_and_a_void_one_says_nothing() -> None:
    async def main() -> None:
        large, small = models(lambda q: "!")
        troupe = Troupe(dialogue=[track(large), track(small)])
        await troupe.ask()
        large.reply, large.word_s = lambda q: "Slow but well.", 3.0
        await asyncio.sleep(FIRST_REST_S)
        probe = asyncio.create_task(troupe.ask("first"))
        await asyncio.sleep(1.0)
        large.word_s = 0.01
        assert (await troupe.ask("second")).model == "small"  # one request tries it, not two
        await probe  # which the second turn made void: that says nothing of the model
        assert len(troupe.of(events.FellBack)) == 1
        assert (await troupe.ask("third")).model == "large"

    play(main)


def test_the_planner_falls_back_too_and_the_verdict_names_who_thought() -> None:
    async def main() -> None:
        fast = ScriptedModel("fast", "small", lambda q: "It is Lyon.")
        far = ScriptedModel("planner", "far", lambda q: "!")
        near = ScriptedModel("planner-near", "near", lambda q: "It is Paris.", 0.05)
        troupe = Troupe(dialogue=[track(fast)], planning=[track(far), track(near)])
        await troupe.ask()
        (refined,) = troupe.of(events.Refined)
        assert (refined.verdict, refined.model) == ("correct", "near")
        assert [event.model for event in troupe.of(events.PlannerStarted)] == ["far", "near"]
        assert [event.role for event in troupe.of(events.FellBack)] == ["planning"]

    play(main)


def test_a_planner_that_stands_in_as_the_same_model_is_asked_in_other_words() -> None:
    async def main() -> None:
        fast = ScriptedModel("fast", "small", lambda q: "It is Lyon.")
        far = ScriptedModel("planner", "far", lambda q: "!")
        same = ScriptedModel("planner-small", "small", lambda q: "It is Paris.")
        troupe = Troupe(dialogue=[track(fast)], planning=[track(far), track(same)])
        await troupe.ask()
        assert len({asked[0].content for asked in same.asked}) == 3

    play(main)


def test_what_a_tool_decided_is_told_the_stand_in_once() -> None:
    async def main() -> None:
        fast = ScriptedModel("fast", "small", lambda q: "It is 8.")
        far = ScriptedModel("planner", "far", lambda q: "!")
        near = ScriptedModel("planner-near", "near", lambda q: "It is 8.")
        troupe = Troupe(dialogue=[track(fast)], planning=[track(far), track(near)])
        for each in (fast, far, near):
            each.context = 20_000
        troupe.parts.tools = ToolUse(Toolbox([Double()], hints=[doubled]), now=lambda: NOW)
        await troupe.ask("I wonder what twice 4 is")
        assert max(asked[-1].content.count("Twice 4 is 8.") for asked in near.asked) == 1
        assert troupe.of(events.Refined)[0].tools == ("double",)

    play(main)


def test_a_new_turn_voids_the_work_of_every_track() -> None:
    async def main() -> None:
        large, small = models(lambda q: "!")
        troupe = Troupe(dialogue=[track(large), track(small)])
        await troupe.ask()
        assert large.generation == small.generation == troupe.assistant.generation

    play(main)


def test_rests_grow_to_a_limit() -> None:
    health = Health()
    rests = []
    for _ in range(8):
        health.failed(0.0)
        rests.append(health.rests_until)
    assert rests[:3] == [5.0, 15.0, 45.0]
    assert rests[-1] == LONGEST_REST_S
    with health.trying():
        assert not health.fit(1e6)
    assert health.fit(1e6)
    assert health.worked()
    assert health.fit(0.0)


def test_a_spare_worker_is_stopped_when_nobody_needs_it_for_a_while() -> None:
    async def main() -> None:
        worker = ScriptedModel("fast-small", "small", lambda q: "")
        stopped: list[float] = []
        clock = asyncio.get_running_loop().time

        async def stop() -> None:
            stopped.append(clock())

        worker.stop = stop  # type: ignore[method-assign]
        spare = Spare(worker, idle_s=60.0)
        with spare.use(), spare.use():
            await asyncio.sleep(500)
        await asyncio.sleep(59)
        with spare.use():
            pass
        began = clock()
        await asyncio.sleep(500)
        assert stopped == [began + 60]

    play(main)


def test_advice_is_given_once_and_only_when_nothing_goes_on() -> None:
    async def main() -> None:
        bus, seen = EventBus(), []
        bus.subscribe(lambda event: seen.append(event) if isinstance(event, events.ModelAdvised) else None)
        looked = 0
        advice = Advice(role="code", model="large", current="small", reference=None, text="For code, large is better.")

        async def look() -> list[Advice]:
            nonlocal looked
            looked += 1
            return [advice]

        adviser = Adviser(bus, look)
        for _ in range(3):
            bus.emit(events.TurnFinished(turn="t", final="", marks_ms={}))
            await asyncio.sleep(IDLE_S - 1)
            bus.emit(events.TurnCommitted(turn="u", conversation="c", text="", source="typed"))
            await asyncio.sleep(IDLE_S)
        assert looked == 0
        for _ in range(2):
            bus.emit(events.TurnFinished(turn="t", final="", marks_ms={}))
            await asyncio.sleep(IDLE_S + 1)
        assert looked == 2
        assert [event.text for event in seen] == ["For code, large is better."]
        adviser.close()
        bus.emit(events.TurnFinished(turn="t", final="", marks_ms={}))
        await asyncio.sleep(IDLE_S + 1)
        assert looked == 2

    play(main)
