"""Second thoughts, choices and alarms as a terminal has them."""

from __future__ import annotations

import pytest

from app.cli.show import Printer
from app.events import AlarmRang, AnswerFinished, AnswerKept, Event, Refined


def answered(text: str, model: str = "small") -> AnswerFinished:
    return AnswerFinished(turn="t", text=text, model=model, tokens=3, first_token_ms=1.0, tokens_per_s=9.0)


def refined(verdict: str, text: str = "", tools: tuple[str, ...] = (), turn: str = "t") -> Refined:
    return Refined(turn=turn, verdict=verdict, text=text, model="large", elapsed_ms=9.0, why="", tools=tools)


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ([answered("Yes."), refined("agree")], ["  (thought again: it stands)"]),
        (
            [answered("It is 8."), refined("agree", tools=("calculate",))],
            ["  (thought again with calculate: it stands)"],
        ),
        (
            [answered("It is 400."), refined("correct", "It is 397.8.", ("calculate",))],
            ["  Correction: It is 397.8.", "  (400 → 397.8; with calculate)"],
        ),
        (
            [answered("It is Lyon."), refined("correct", "It is Paris.")],
            ["  Correction: It is Paris.", "  (Lyon → Paris)"],
        ),
        ([refined("correct", "It is Paris.", turn="older")], ["  Correction: It is Paris."]),
        ([answered("Let me think again.", "reflex"), refined("correct", "Paris.")], ["  Correction: Paris."]),
        ([refined("add", "About 1600.", ("search",))], ["  In addition: About 1600.", "  (with search)"]),
        ([refined("skipped")], []),
        ([AnswerKept(turn="t", kept="first", final="It is Lyon.")], ["  (the first answer counts: It is Lyon.)"]),
        (
            [AlarmRang(alarm="a", kind="timer", label="tea")],
            ["  The tea timer is done."],
        ),
        (
            [AlarmRang(alarm="a", kind="alarm", label="")],
            ["  This is your alarm."],
        ),
        (
            [AlarmRang(alarm="a", kind="timer", label="", late_s=600.0)],
            ["  Your timer was due 10 minutes ago, while nobody was there to ring it."],
        ),
    ],
)
def test_what_is_printed(events: list[Event], lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(live=lambda text: None)
    for event in events:
        printer.on_event(event)
    assert capsys.readouterr().out.splitlines() == lines
