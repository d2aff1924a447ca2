"""Facts about this very computer, and a search among past conversations on a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psutil
import pytest

from app.store import Store, Turn
from app.tools import conversations, system
from app.tools.base import Call, Result, Situation
from app.tools.conversations.search import SearchConversations
from app.tools.services import Services
from app.tools.system.facts import Battery, battery, disk, memory, processor, uptime
from app.tools.toolbox import Toolbox
from tests.tools.conftest import NOW

# -- this computer -----------------------------------------------------------------------------------------------


def fact(store: Store, situation: Situation, about: str) -> Result:
    box = Toolbox(system.tools(Services(store=store)), system.INTENTS)
    outcome = asyncio.run(box.run(Call("system_facts", {"about": about}), situation))
    assert outcome.result is not None, outcome.error
    return outcome.result


def test_what_is_told_is_what_psutil_measures(store: Store, situation: Situation) -> None:
    everything = fact(store, situation, "all").values
    assert set(everything) == {"battery", "disk", "memory", "processor", "uptime"}
    assert everything["memory"]["total"] == {"value": psutil.virtual_memory().total, "unit": "B"}
    assert everything["processor"]["cores"] == psutil.cpu_count()
    assert 0 <= everything["processor"]["value"] <= 100
    assert 0 < everything["disk"]["free"]["value"] <= everything["disk"]["total"]["value"]
    assert everything["battery"]["present"] == (psutil.sensors_battery() is not None)


def test_one_question_gets_one_sentence(store: Store, situation: Situation) -> None:
    assert fact(store, situation, "disk").text.endswith("are free on the disk with your files.")
    assert "memory are free" in fact(store, situation, "memory").text
    assert fact(store, situation, "processor").text.startswith("The processor is busy at ")


@pytest.mark.skipif(psutil.sensors_battery() is not None, reason="this computer has a battery")
def test_where_there_is_no_battery_it_says_so(store: Store, situation: Situation) -> None:
    assert fact(store, situation, "battery").text == "This computer has no battery."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "This computer has no battery."),
        (Battery(79.6, 11_500, False), "The battery is at 80 percent, which lasts for about 3 hours and 10 minutes."),
        (Battery(12, 500, False), "The battery is at 12 percent, which lasts for about 8 minutes."),
        (Battery(100, psutil.POWER_TIME_UNLIMITED, True), "The battery is at 100 percent and plugged in."),
        (Battery(55, psutil.POWER_TIME_UNKNOWN, False), "The battery is at 55 percent."),
        (Battery(55, psutil.POWER_TIME_UNKNOWN, None), "The battery is at 55 percent."),
    ],
)  # fmt: skip
def test_batteries_are_worded(found: Battery | None, said: str) -> None:
    assert battery(found)[0] == said


def test_sizes_and_times_are_worded() -> None:
    assert disk(412_345_678_901, 1_000_000_000_000)[0] == "412 GB of 1.0 TB are free on the disk with your files."
    assert disk(850_000_000, 9_500_000_000)[0] == "850 MB of 9.5 GB are free on the disk with your files."
    assert memory(7_600_000_000, 16_000_000_000)[0] == "7.6 GB of 16 GB of memory are free."
    assert processor(12.4, 1)[0] == "The processor is busy at 12 percent, with 1 core."
    booted = NOW - timedelta(days=2, hours=5)
    assert uptime(booted, NOW)[0] == "This computer has been on for 2 days and 5 hours, since last Sunday at 10 AM."


# -- past conversations ------------------------------------------------------------------------------------------


def turn(number: int, text: str, answer: str, ago: timedelta, **values: Any) -> Turn:
    at = (NOW - ago).astimezone().isoformat()
    return Turn(id=f"t{number}", conversation="c", started_at=at, text=text, answer=answer, state="done", **values)


@pytest.fixture
def talked(store: Store) -> Store:
    store.save_turn(
        turn(1, "How old is Rome?", "Rome is 2000 years old.", timedelta(days=9), final="Rome is 2779 years old.")
    )
    store.save_turn(turn(2, 'Who serviced the "boiler"?', "I do not know.", timedelta(days=1)))
    store.save_turn(turn(3, "Tell me about Rome", "word " * 100, timedelta(hours=2)))
    store.save_turn(turn(4, "what did i ask about rome", "You asked ...", timedelta(minutes=5)))
    answering = turn(5, "do you recall anything on the boiler and rome", "", timedelta(0))
    store.begin_turn(Turn(id="t5", conversation="c", started_at=answering.started_at, text=answering.text))
    return store


def search(store: Store, text: str) -> Result:
    box = Toolbox(conversations.tools(Services(store=store)), conversations.INTENTS)
    call = box.reflex(text, NOW)
    assert call is not None
    outcome = asyncio.run(box.run(call, Situation(now=NOW)))
    assert outcome.result is not None, outcome.error
    return outcome.result


def test_it_says_when_and_what(talked: Store) -> None:
    result = search(talked, "when did we talk about the boiler")
    assert result.text == (
        "We talked about the boiler yesterday at 3 PM: you said \"Who serviced the 'boiler'?\" "
        'and I answered "I do not know."'
    )
    (found,) = result.values["turns"]
    assert (found["turn"], found["conversation"], found["at"]) == ("t2", "c", "2026-03-02T15:00:00+01:00")


def test_neither_this_question_nor_others_about_the_past_are_found(talked: Store) -> None:
    result = search(talked, "what did i ask about Rome?")
    assert [found["turn"] for found in result.values["turns"]] == ["t3", "t1"]
    assert result.text.startswith('We talked about Rome 2 times, last today at 1 PM: you said "Tell me about Rome"')
    assert len(result.text) < 400
    assert result.values["turns"][1]["answered"] == "Rome is 2779 years old."


def test_nothing_is_said_to_be_nothing(talked: Store) -> None:
    result = search(talked, "did we talk about penguins")
    assert result.text == "We have not talked about penguins so far."
    assert result.values == {"found": 0, "turns": []}
    assert search(talked, "did i mention my sister").text == "We have not talked about your sister so far."


def test_it_only_reads() -> None:
    assert SearchConversations.risk == "read"
    assert system.tools.__module__ == "app.tools.system.facts"
