"""The context keeps its system prompt, drops the oldest exchanges first, and moves its prefix rarely."""

import pytest

from app.engines.language.base import Message
from app.errors import BadInput
from app.memory.context import Context, Exchange


async def count(messages: tuple[Message, ...]) -> int:
    """A tokenizer of one token a word and three for each message's frame."""
    return sum(len(message.content.split()) + 3 for message in messages)


def history(turns: int, words: int = 10) -> list[Exchange]:
    return [Exchange(f"question {n} " + "x " * words, f"answer {n} " + "y " * words) for n in range(turns)]


async def test_everything_is_shown_while_it_fits() -> None:
    context = Context("be brief", 1000, (Message("user", "hi"), Message("assistant", "hello")))
    messages, tokens = await context.assemble(history(3), "why?", count)
    assert [m.role for m in messages] == ["system", "user", "assistant", *["user", "assistant"] * 3, "user"]
    assert tokens == await count(messages)


async def test_the_oldest_leave_first_and_the_system_prompt_never() -> None:
    context = Context("be brief", 200)
    messages, tokens = await context.assemble(history(50), "why?", count)
    assert messages[0] == Message("system", "be brief")
    assert messages[-1] == Message("user", "why?")
    assert messages[-2].content.startswith("answer 49")
    assert tokens <= 200


async def test_the_prefix_stays_for_several_turns_after_a_cut() -> None:
    context = Context("be brief", 300)
    past = history(30)
    first, _ = await context.assemble(past, "why?", count)
    kept = 0
    while True:
        past.append(Exchange("question again", "answer again"))
        messages, tokens = await context.assemble(past, "why?", count)
        assert tokens <= 300
        if messages[1] != first[1]:
            break
        kept += 1
    assert kept >= 5


async def test_a_question_that_cannot_fit_alone_is_refused_in_one_sentence() -> None:
    with pytest.raises(BadInput, match="too long"):
        await Context("be brief", 100).assemble(history(5), "word " * 200, count)


async def test_refinements_are_remembered_and_marked() -> None:
    past = [Exchange("6 x 7?", "40.", "42.", corrected=True), Exchange("sky?", "Blue.", "By day."), Exchange("lost?")]
    messages, _ = await Context("", 1000).assemble(past, "why?", count)
    assert [m.content for m in messages] == [
        "6 x 7?",
        "40.\nCorrection: 42.",
        "sky?",
        "Blue.\nIn addition: By day.",
        "why?",
    ]


async def test_another_conversation_starts_over() -> None:
    context = Context("be brief", 200)
    await context.assemble(history(50), "why?", count)
    context.reset()
    messages, _ = await context.assemble(history(2), "why?", count)
    assert len(messages) == 6
