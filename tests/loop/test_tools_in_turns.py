"""Commands that tools obey, questions before what is risky, and a planner that uses tools: on virtual time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app import events
from app.assistant.reflex_track import DECLINED
from app.assistant.reflexes import consent
from app.assistant.router import Router
from app.assistant.second_track import UNCHANGED, brief
from app.assistant.tool_use import ToolUse
from app.errors import BadInput
from app.tools.base import Arguments, Call, Result, Situation, Tool
from app.tools.toolbox import Toolbox
from tests.loop.test_assistant import Stage
from tests.loop.virtual_time import run_virtual

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Number(Arguments):
    number: int


class Word(Arguments):
    word: str


class Double(Tool[Number]):
    name, description, arguments = "double", "Doubles a number.", Number

    async def run(self, arguments: Number, situation: Situation) -> Result:
        twice = 2 * arguments.number
        return Result(text=f"Twice {arguments.number} is {twice}.", values={"value": twice}, exact=True)


class Keep(Tool[Word]):
    name, description, arguments, risk = "keep", "Keeps a word.", Word, "write"

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def run(self, arguments: Word, situation: Situation) -> Result:
        self.kept.append(arguments.word)
        return Result(text=f"I keep {arguments.word}.")

    def question(self, arguments: Word) -> str:
        return f"Shall I keep {arguments.word}?"


class Launch(Keep):
    name, description, risk = "launch", "Starts a program.", "outside"

    def question(self, arguments: Word) -> str:
        return f"Shall I start {arguments.word}?"


def command(pattern: str, tool: str, argument: str) -> Callable[[str, datetime], Call | None]:
    def intent(text: str, now: datetime) -> Call | None:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        return Call(tool, {argument: found[1]}) if found else None

    return intent


def doubled(text: str, now: datetime) -> Call | None:
    found = re.search(r"twice (\d+)", text)
    return Call("double", {"number": int(found[1])}) if found else None


class Tooled(Stage):
    """A stage with three tools; `keep x` and `launch x` are commands, and "twice 4" anywhere is a hint."""

    def __init__(self, fast: Callable[[str], str], planner: Callable[[str], str] | None = None) -> None:
        super().__init__(fast, planner, context=20_000)
        self.planner.context = 20_000
        self.keep, self.launch = Keep(), Launch()
        self.tools = ToolUse(
            Toolbox(
                [Double(), self.keep, self.launch],
                intents=[
                    command(r"double (\d+)", "double", "number"),
                    command(r"keep (\w+)", "keep", "word"),
                    command(r"launch (\w+)", "launch", "word"),
                ],
                hints=[doubled],
            ),
            now=lambda: NOW,
        )
        self.assistant.parts.tools = self.tools
        self.assistant.parts.router = Router(self.tools.toolbox)


def step(**values: object) -> str:
    return json.dumps({"calls": [], "answer": "", "verdict": "agree", "confidence": 0.9} | values)


def test_a_command_is_obeyed_without_any_model() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "no idea", lambda q: "no idea")
        turn = await stage.ask("double 21", speak=True)
        assert turn.exchange.answer == "Twice 21 is 42."
        finished = stage.one(events.AnswerFinished)
        assert (finished.model, finished.failed) == ("reflex", None)
        assert (stage.fast.asked, stage.planner.asked) == ([], [])
        assert stage.one(events.Refined).verdict == "skipped"
        assert stage.one(events.ToolCalled).by == "reflex"
        made = stage.one(events.PlanMade)
        assert (made.reflex, made.role, made.planner, made.confidence) == ("double", "tools", None, 1.0)
        assert stage.one(events.SentenceReady).text == "Twice 21 is 42."
        assert stage.one(events.TurnFinished).final == "Twice 21 is 42."

    run_virtual(main())


def test_a_command_to_write_is_obeyed_at_once_but_not_for_a_draft() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "no idea")
        for text in ("keep cats", "keep dogs"):
            turn = stage.assistant.draft(text, source="sphinx", started=0.0, turn_id=text)
            running = asyncio.create_task(stage.assistant.run(turn))
            await asyncio.sleep(5)
            assert stage.keep.kept == []
            if text == "keep cats":
                running.cancel()
                stage.assistant.drop(turn, "speech went on")
        stage.assistant.commit(turn, "c")
        await running
        assert stage.keep.kept == ["dogs"]

    run_virtual(main())


@pytest.mark.parametrize(("words", "ran"), [("Yes, please.", ["editor"]), ("no thanks", []), ("What is a cat?", [])])
def test_what_reaches_outside_asks_first(words: str, ran: list[str]) -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "A pet.")
        await stage.ask("launch editor")
        asked = stage.one(events.ConsentAsked)
        assert asked.question == "Shall I start editor?"
        assert stage.one(events.AnswerFinished).text == asked.question
        assert stage.launch.kept == []
        turn = await stage.ask(words)
        assert stage.launch.kept == ran
        settled = stage.one(events.ConsentSettled)
        assert settled.call == asked.call
        expected = {"Yes, please.": (True, "I keep editor."), "no thanks": (False, DECLINED)}
        assert (settled.allowed, turn.exchange.answer) == expected.get(words, (None, "A pet."))
        await stage.ask("yes")  # nothing waits any more: it is talk
        assert stage.launch.kept == ran

    run_virtual(main())


def test_words_of_consent_are_a_yes_or_a_no_and_nothing_else() -> None:
    assert consent("Yes, please.") is consent("OK, go ahead") is True
    assert consent("No, thanks!") is consent("don't") is False
    assert consent("yes but what is a cat") is consent("") is consent("nobody") is None


def test_a_tool_that_cannot_says_so_as_the_answer() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "no idea")
        stage.assistant.parts.router = Router(
            Toolbox([Double()], intents=[lambda text, now: Call("double", {"number": "many"})])
        )
        turn = await stage.ask("anything")
        assert turn.exchange.answer.startswith("double cannot use number")
        assert stage.fast.asked == []

    run_virtual(main())


def test_a_model_answers_for_a_tool_that_fails() -> None:
    class Broken(Double):
        async def run(self, arguments: Number, situation: Situation) -> Result:
            raise RuntimeError

    async def main() -> None:
        stage = Tooled(lambda q: "It is 8.", lambda q: step())
        box = Toolbox([Broken()], intents=[command(r"double (\d+)", "double", "number")])
        stage.assistant.parts.tools, stage.assistant.parts.router = ToolUse(box), Router(box)
        turn = await stage.ask("double 4")
        assert turn.exchange.answer == "It is 8."

    run_virtual(main())


def test_what_a_tool_decides_corrects_the_answer_once_and_is_remembered() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is 9.", lambda q: "It is 7.")
        stage.planner.model = stage.fast.model  # even where nobody knows better
        turn = await stage.ask("I wonder what twice 4 is, roughly", speak=True)
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.text, refined.tools) == ("correct", "Twice 4 is 8.", ("double",))
        assert stage.planner.asked == []
        spoken = " ".join(event.text for event in stage.of(events.SentenceReady))
        assert spoken == "It is 9. Correction: Twice 4 is 8."
        assert turn.exchange.messages()[1].content == "It is 9.\nCorrection: Twice 4 is 8."
        await stage.ask("So what was the result?")
        assert "Twice 4 is 8." in stage.fast.asked[-1][-2].content
        assert stage.of(events.TurnFinished)[-1].final == "Twice 4 is 8."  # though the model says 9 again
        await stage.ask("What is a result?")
        assert stage.of(events.Refined)[-1].tools == ()

    run_virtual(main())


def test_what_a_tool_confirms_is_left_alone() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "That would be 8.", lambda q: "It is 7.")
        stage.planner.model = stage.fast.model
        await stage.ask("I wonder what twice 4 is, roughly")
        assert stage.one(events.Refined).verdict == "agree"

    run_virtual(main())


def test_a_planner_of_its_own_calls_tools_in_steps() -> None:
    replies = iter(
        [
            step(calls=[{"tool": "double", "arguments": {"number": "many"}}]),
            step(calls=[{"tool": "double", "arguments": {"number": 6}}]),
            step(answer="It is 12.", verdict="correct"),
        ]
    )
    seen: list[str] = []

    def think(text: str) -> str:
        seen.append(text)
        return next(replies, "It is 12.")

    async def main() -> None:
        stage = Tooled(lambda q: "It is 11.", think)
        await stage.ask("Six eggs and as many again?")
        assert "double(number): Doubles a number." in seen[0]
        assert "double failed: double cannot use number" in seen[1]
        assert 'double: Twice 6 is 12. {"value": 12}' in seen[2]
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.text, refined.tools) == ("correct", "It is 12.", ("double",))
        assert stage.one(events.ToolReturned).error is None  # what did not fit its schema never ran

    run_virtual(main())


def test_a_planner_that_agrees_is_not_asked_twice() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: step(answer="It is Paris.", verdict="agree"))
        await stage.ask("What is the capital of France?")
        assert stage.one(events.Refined).verdict == "agree"
        assert len(stage.planner.asked) == 1

    run_virtual(main())


def test_a_lonely_correction_is_not_made() -> None:
    replies = iter([step(answer="It is Rome.", verdict="correct")])

    async def main() -> None:
        stage = Tooled(lambda q: "It is Paris.", lambda q: next(replies, "The capital of France is Paris."))
        await stage.ask("What is the capital of France?")
        assert stage.one(events.Refined).verdict == "agree"

    run_virtual(main())


@pytest.mark.parametrize("garbage", ["", "{", "no json", "[]", '{"calls": 3}', "\x00" * 9, "long " * 100])
def test_a_planner_that_cannot_keep_to_the_form_still_has_its_plain_answers(garbage: str) -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: garbage if "JSON" in q else "It is Paris.")
        await stage.ask("What is the capital of France?")
        assert stage.one(events.AnswerFinished).text == "It is Lyon."
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.text) == ("correct", "It is Paris.")

    run_virtual(main())


def test_what_the_planner_may_not_do_is_offered_and_done_after_a_yes() -> None:
    replies = iter([step(calls=[{"tool": "keep", "arguments": {"word": "milk"}}]), step(answer="", verdict="agree")])

    async def main() -> None:
        stage = Tooled(lambda q: "You are out of milk.", lambda q: next(replies, "You are out of milk."))
        await stage.ask("We have no milk left.")
        refined = stage.one(events.Refined)
        assert (refined.verdict, refined.text) == ("add", "Shall I keep milk?")
        assert stage.keep.kept == []
        await stage.ask("Yes")
        assert stage.keep.kept == ["milk"]

    run_virtual(main())


def test_a_made_up_wish_is_not_offered_and_a_repeated_call_not_run() -> None:
    wish = {"tool": "keep", "arguments": {"word": "france-2018"}}
    sum_ = {"tool": "double", "arguments": {"number": 5}}
    replies = iter([step(calls=[wish, sum_]), step(calls=[sum_]), step(verdict="agree")])

    async def main() -> None:
        stage = Tooled(lambda q: "It is Paris.", lambda q: next(replies, "It is Paris."))
        await stage.ask("What is the capital of France?")
        assert stage.one(events.Refined).verdict == "agree"
        assert not stage.of(events.ConsentAsked)
        assert [event.tool for event in stage.of(events.ToolCalled)] == ["double"]
        assert "already" in stage.planner.asked[-1][-1].content

    run_virtual(main())


def test_a_made_up_sum_of_the_planner_decides_nothing() -> None:
    replies = iter(
        [step(calls=[{"tool": "double", "arguments": {"number": 5}}]), step(answer="It is Paris.", verdict="agree")]
    )

    async def main() -> None:
        stage = Tooled(lambda q: "It is Paris.", lambda q: next(replies, "It is Paris."))
        await stage.ask("What is the capital of France?")
        assert stage.one(events.Refined).verdict == "agree"

    run_virtual(main())


def test_are_you_sure_has_the_last_answer_thought_over() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: step(verdict="agree"))
        await stage.ask("What is the capital of France?")
        turn = await stage.ask("Are you sure?", speak=True)
        assert len(stage.fast.asked) == 1
        assert "capital of France" in stage.planner.asked[-1][-1].content
        assert turn.exchange.refined == UNCHANGED
        assert UNCHANGED in " ".join(event.text for event in stage.of(events.SentenceReady))

    run_virtual(main())


def test_the_last_answer_can_be_thought_over_again_under_its_own_turn() -> None:
    answers = iter([step(verdict="agree"), step(answer="It is Paris.", verdict="correct")])

    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: next(answers, "It is Paris."))
        turn = await stage.ask("What is the capital of France?")
        await stage.assistant.think_again(turn.id)
        refined = stage.of(events.Refined)
        assert [(event.turn, event.verdict) for event in refined] == [(turn.id, "agree"), (turn.id, "correct")]
        assert stage.of(events.TurnFinished)[-1].final == "It is Paris."
        assert stage.assistant.history[-1].corrected
        with pytest.raises(BadInput, match="Only the last answer"):
            await stage.assistant.think_again("another")

    run_virtual(main())


def test_the_user_chooses_which_answer_counts() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: step(answer="It is Paris.", verdict="correct"))
        stage.planner.reply = lambda q: (
            step(answer="It is Paris.", verdict="correct") if "JSON" in q else "It is Paris."
        )
        turn = await stage.ask("What is the capital of France?")
        for kept, final in (("first", "It is Lyon."), ("refined", "It is Paris.")):
            stage.assistant.keep(turn.id, kept)
            assert stage.of(events.AnswerKept)[-1].final == final
            await stage.ask("And?")
            assert stage.fast.asked[-1][2].content == final
        with pytest.raises(BadInput, match="no second answer"):
            stage.assistant.keep("another", "first")

    run_virtual(main())


def test_a_long_correction_is_spoken_briefly() -> None:
    text = "It is Paris. " + "It has been so for a very long time indeed, as everybody knows who has been there. " * 3
    assert (
        brief(text) == "It is Paris. It has been so for a very long time indeed, as everybody knows who has been there."
    )
    assert len(brief("word " * 100).split()) == 30
    assert brief("It is Paris.") == "It is Paris."


def test_thinking_again_that_was_stopped_leaves_the_choice() -> None:
    async def main() -> None:
        stage = Tooled(lambda q: "It is Lyon.", lambda q: step(answer="It is Paris.", verdict="correct"))
        corrected = step(answer="It is Paris.", verdict="correct")
        stage.planner.reply = lambda q: corrected if "JSON" in q else "It is Paris."
        turn = await stage.ask("What is the capital of France?")
        stage.assistant.keep(turn.id, "first")
        again = asyncio.create_task(stage.assistant.think_again(turn.id))
        await asyncio.sleep(0)
        stage.assistant.stop()
        await again
        assert stage.of(events.TurnFinished)[-1].final == "It is Lyon."
        assert stage.assistant.history[-1].kept == "first"
        await stage.assistant.think_again(turn.id)
        assert stage.assistant.history[-1].kept == ""

    run_virtual(main())
