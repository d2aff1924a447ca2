"""The life of a turn on virtual time, with scripted models: order, validity, interruption, apology."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from app import events
from app.assistant.assistant import Assistant
from app.assistant.fast_track import APOLOGY
from app.assistant.parts import Parts, Track
from app.assistant.planner import OTHER_WORDS
from app.assistant.turn import LiveTurn
from app.audio.virtual import RecordingSpeaker
from app.engines.language.base import Sampling
from app.engines.language.client import LanguageClient
from app.engines.voice.client import VoiceClient
from app.errors import BadInput
from app.events import Event, EventBus
from app.memory.context import Context
from tests.loop.scripted import ScriptedModel, ScriptedVoice
from tests.loop.virtual_time import run_virtual

E = TypeVar("E", bound=Event)


class Stage:
    """An assistant with scripted models, and everything that happened."""

    def __init__(
        self,
        fast: Callable[[str], str],
        planner: Callable[[str], str] | None = None,
        *,
        context: int = 2000,
        planner_word_s: float = 0.05,
    ) -> None:
        self.bus = EventBus()
        self.seen: list[Event] = []
        self._arrived = asyncio.Event()
        self.bus.subscribe(self._see)
        self.fast = ScriptedModel("fast", "small", fast)
        self.planner = ScriptedModel("planner", "large", planner or fast, planner_word_s)
        self.fast.context = context
        self.voice = ScriptedVoice()
        self.speaker = RecordingSpeaker()
        parts = Parts(
            fast=self._track(self.fast),
            planner=self._track(self.planner) if planner else None,
            voice=VoiceClient(self.voice),
            speaker=self.speaker,
        )
        self.assistant = Assistant(parts, self.bus)

    def _track(self, model: ScriptedModel) -> Track:
        return Track(client=LanguageClient(model), context=Context("be brief", 0), sampling=Sampling(), deadline_s=30.0)

    async def ask(self, text: str, speak: bool = False) -> LiveTurn:
        turn = self.assistant.begin(text, "c", speak=speak)
        await self.assistant.run(turn)
        return turn

    def _see(self, event: Event) -> None:
        self.seen.append(event)
        self._arrived.set()

    async def until(self, kind: type[Event], count: int = 1) -> None:
        """Wait until so many events of this kind have happened."""
        while len(self.of(kind)) < count:
            self._arrived.clear()
            await self._arrived.wait()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.seen if isinstance(event, kind)]

    def one(self, kind: type[E]) -> E:
        (event,) = self.of(kind)
        return event

    def order(self) -> list[str]:
        names = [type(event).__name__ for event in self.seen]
        return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def test_a_turn_goes_through_its_stages_in_order() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Lyon.", lambda q: "It is Paris.")
        turn = await stage.ask("What is the capital of France?")
        assert stage.order() == [
            "TranscriptReady",
            "TurnCommitted",
            "PlanMade",
            "FirstToken",
            "TokensArrived",
            "AnswerFinished",
            "PlannerStarted",
            "Refined",
            "TurnFinished",
        ]
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.text, refined.model) == ("correct", "It is Paris.", "large")
        assert stage.one(events.TurnFinished).final == "It is Paris."
        assert turn.exchange.messages()[1].content == "It is Lyon.\nCorrection: It is Paris."

    run_virtual(main())


def test_the_plan_is_made_of_the_words_and_told_before_anything_is_generated() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Here it is.", lambda q: "Here it is.")
        stage.assistant.parts.expectations = lambda model: [40.0, 20.0, 30.0] if model == "small" else []
        await stage.ask("Write a Python function that reverses a string.")
        made = stage.one(events.PlanMade)
        assert (made.role, made.fast, made.planner, made.reflex) == ("code", "small", "large", None)
        assert made.expected_p50_ms == 30.0
        assert made.inputs["probabilities"]["code"] == made.confidence > made.inputs["threshold"]
        assert stage.seen.index(made) < stage.seen.index(stage.one(events.FirstToken))

    run_virtual(main())


def test_a_turn_without_a_planner_is_told_why_nobody_thought_again() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Hello.")
        await stage.ask("Hello there.")
        assert stage.one(events.PlanMade).planner is None
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.why) == ("skipped", "there is no planner")

    run_virtual(main())


def test_the_planner_never_delays_the_answer() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Lyon.", lambda q: "It is Paris.", planner_word_s=10.0)
        began = asyncio.get_running_loop().time()
        await stage.ask("What is the capital of France?")
        assert stage.one(events.AnswerFinished).time - began < 0.1
        assert stage.one(events.Refined).time - began > 30

    run_virtual(main())


def test_the_planner_stands_still_while_the_voice_works() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "One two three four, five six seven. Eight nine.", lambda q: "Ten.", planner_word_s=0.5)
        stage.voice.first_s = 2.0
        await stage.ask("Count.", speak=True)
        assert stage.planner.pauses >= 1
        assert [type(e).__name__ for e in stage.seen].count("PlannerPaused") >= 1
        spoken = max(event.time for event in stage.of(events.AudioReady) if event.index < 2)
        assert stage.one(events.Refined).time > spoken

    run_virtual(main())


def test_a_correction_is_spoken_after_the_answer() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Lyon.", lambda q: "It is Paris.")
        await stage.ask("What is the capital of France?", speak=True)
        said = [event.text for event in stage.of(events.SentenceReady)]
        assert (said[0], " ".join(said[1:])) == ("It is Lyon.", "Correction: It is Paris.")
        assert stage.of(events.PlaybackProgress)[-1].heard == "It is Lyon. Correction: It is Paris."

    run_virtual(main())


def test_agreement_is_silent() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Paris.", lambda q: "The capital of France is Paris.")
        await stage.ask("What is the capital of France?", speak=True)
        assert stage.one(events.Refined).verdict == "agree"
        assert len(stage.of(events.SentenceReady)) == 1

    run_virtual(main())


def test_a_new_turn_ends_the_old_one_and_nothing_of_it_arrives_later() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "a b c d e f g h" if q == "first" else "second answer")
        first = asyncio.create_task(stage.ask("first"))
        await stage.until(events.TokensArrived, 3)
        second = await stage.ask("second")
        await first
        assert stage.one(events.Interrupted).heard == "a b c"
        later = stage.seen[stage.seen.index(stage.of(events.TurnCommitted)[1]) :]
        assert {type(e) for e in later if e.turn != second.id} == {events.TurnFinished}
        assert stage.fast.asked[-1][1:] == (*first.result().exchange.messages(), stage.fast.asked[-1][-1])
        assert first.result().exchange.answer == "a b c"

    run_virtual(main())


def test_an_interrupted_answer_is_remembered_as_far_as_it_was_heard() -> None:
    async def main() -> None:
        count = "One two three four five six seven eight nine ten. And eleven."
        stage = Stage(lambda q: count, lambda q: "Ten.", planner_word_s=1.0)
        asking = asyncio.create_task(stage.ask("Count.", speak=True))
        await stage.until(events.PlaybackStarted)
        await asyncio.sleep(0.55)
        assert stage.assistant.speaking
        stage.assistant.hush()
        turn = await asking
        assert stage.one(events.Interrupted).by == "speech"
        assert turn.exchange.answer == "One two three four five…"
        assert not stage.assistant.speaking
        assert not stage.of(events.Refined)

    run_virtual(main())


def test_a_correction_that_was_heard_is_no_part_of_the_answer() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Lyon.", lambda q: "It is Paris.")
        asking = asyncio.create_task(stage.ask("What is the capital of France?", speak=True))
        await stage.until(events.Refined)
        await asyncio.sleep(0.2)
        stage.assistant.stop()
        turn = await asking
        assert stage.one(events.Interrupted).heard == "It is Lyon."
        assert turn.exchange.messages()[1].content == "It is Lyon.\nCorrection: It is Paris."

    run_virtual(main())


def test_stop_is_at_once() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 1000)
        asking = asyncio.create_task(stage.ask("Talk.", speak=True))
        await asyncio.sleep(2.0)
        began = asyncio.get_running_loop().time()
        stage.assistant.stop()
        await asking
        assert asyncio.get_running_loop().time() - began <= 0.02
        assert stage.speaker.pending_s == 0
        assert stage.one(events.TurnFinished)

    run_virtual(main())


def test_a_worker_that_dies_in_mid_answer_costs_one_apology() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is !" if q == "first" else "Fine.")
        turn = await stage.ask("first", speak=True)
        finished = stage.one(events.AnswerFinished)
        assert finished.text == f"It is {APOLOGY}"
        assert finished.failed == "The fast model's process was killed."
        assert stage.of(events.SentenceReady)[-1].text == "Please ask me again."
        assert turn.exchange.answer == "It is"  # a model is never shown the apology
        assert stage.one(events.TurnFinished).final == finished.text
        await stage.ask("second")
        assert stage.of(events.AnswerFinished)[-1].text == "Fine."

    run_virtual(main())


def test_the_planner_saves_a_turn_that_the_fast_model_could_not_answer() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "!", lambda q: "It is Paris.")
        await stage.ask("What is the capital of France?")
        assert stage.one(events.Refined).verdict == "correct"
        assert stage.one(events.TurnFinished).final == "It is Paris."

    run_virtual(main())


def test_a_planner_that_dies_leaves_the_answer_alone() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Paris.", lambda q: "!")
        await stage.ask("What is the capital of France?")
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.why) == ("failed", "The fast model's process was killed.")
        assert stage.one(events.TurnFinished).final == "It is Paris."

    run_virtual(main())


def test_a_text_that_does_not_fit_is_refused_and_forgotten() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.", context=200)
        turn = stage.assistant.begin("word " * 500, "c")
        with pytest.raises(BadInput, match="too long"):
            await stage.assistant.run(turn)
        assert stage.one(events.AnswerFinished).failed
        assert stage.one(events.TurnFinished)
        await stage.ask("short")
        assert len(stage.fast.asked[-1]) == 2

    run_virtual(main())


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x01", "\ud800"])
def test_a_text_without_characters_is_refused_before_anything_happens(text: str) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.")
        with pytest.raises(BadInput, match="empty"):
            stage.assistant.begin(text, "c")
        assert stage.seen == []

    run_virtual(main())


def test_control_characters_are_taken_out_and_emoji_stay() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.")
        turn = stage.assistant.begin("a\x00b \U0001f600 \U0001f469\u200d\U0001f680", "c")
        assert turn.text == "ab \U0001f600 \U0001f469\u200d\U0001f680"

    run_virtual(main())


def test_a_planner_that_is_the_fast_model_is_asked_in_other_words() -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is Lyon.", lambda q: "It is Paris.")
        stage.planner.model = stage.fast.model
        await stage.ask("What is the capital of France?")
        systems = [m.content for asked in stage.planner.asked for m in asked if m.role == "system"]
        assert systems == [words for words in OTHER_WORDS if words]
        assert len(stage.planner.asked) == len(OTHER_WORDS)
        assert stage.one(events.Refined).verdict == "correct"

    run_virtual(main())
