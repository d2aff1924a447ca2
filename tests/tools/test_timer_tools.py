"""Timers and alarms on a real database: what is set, said, cancelled; and ringing, on virtual time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.events import AlarmRang, Event, EventBus, Warning
from app.store import Store
from app.store.alarms import AlarmTable, new_alarm
from app.tools.base import Call, Outcome, Situation
from app.tools.services import Services
from app.tools.timers import INTENTS, Alarms, tools
from app.tools.timers.alarms import CHECK_S
from app.tools.timers.spoken import announcement
from app.tools.toolbox import Toolbox
from tests.loop.virtual_time import run_virtual
from tests.tools.conftest import NOW


class Clock:
    """A wall clock that follows the loop's clock, and leaps when the machine slept."""

    def __init__(self, start: datetime = NOW) -> None:
        self._start = start.astimezone(UTC)
        self._began = asyncio.get_running_loop().time()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=asyncio.get_running_loop().time() - self._began)

    def leap(self, seconds: float) -> None:
        self._start += timedelta(seconds=seconds)


class Bench:
    """A toolbox with the timers on a store, and everything that happened."""

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self.bus = EventBus()
        self.seen: list[Event] = []
        self.bus.subscribe(self.seen.append)
        self.clock = clock or Clock()
        self.alarms = Alarms(store, self.bus, self.clock)
        self.box = Toolbox(tools(Services(store=store, alarms=self.alarms)), INTENTS)

    async def say(self, text: str) -> Outcome:
        """What becomes of a command in the user's words."""
        now = self.clock().astimezone(NOW.tzinfo)
        call = self.box.reflex(text, now)
        assert call is not None, text
        return await self.box.run(call, Situation(now=now), commanded=True)

    async def call(self, tool: str, **arguments: Any) -> Outcome:
        now = self.clock().astimezone(NOW.tzinfo)
        return await self.box.run(Call(tool, arguments), Situation(now=now), commanded=True)

    @property
    def rang(self) -> list[tuple[str, str, float]]:
        return [(event.kind, event.label, event.late_s) for event in self.seen if isinstance(event, AlarmRang)]


def text_of(outcome: Outcome) -> str:
    return outcome.result.text if outcome.result is not None else f"! {outcome.error}"


CONVERSATION = [
    ("what timers are running", "No timer is running."),
    ("set a pasta timer for 8 and a half minutes", "Pasta timer set for 8 and a half minutes."),
    ("how long is left on the pasta timer", "8 minutes and 30 seconds are left on the pasta timer."),
    ("set a timer for one hour", "Timer set for 1 hour."),
    (
        "what timers are running",
        "2 timers are running: the pasta timer with 8 minutes and 30 seconds left and the timer for 1 hour with 1 hour "
        "left.",
    ),
    ("wake me at half past six", "Alarm set for tomorrow at 6:30 AM."),
    ("set an alarm called pills for 9 pm", "Alarm (pills) set for today at 9 PM."),
    ("which alarms are set", "2 alarms are set: today at 9 PM (pills) and tomorrow at 6:30 AM."),
    ("how long is left on the soup timer", "No soup timer is running."),
    (
        "cancel the timer",
        "! 2 timers are running: the pasta timer with 8 minutes and 30 seconds left and the timer for 1 hour with 1 "
        "hour left. Say which one to cancel.",
    ),
    ("cancel the one hour timer", "The timer for 1 hour is cancelled."),
    ("cancel the timer", "The pasta timer is cancelled."),
    ("cancel the timer", "! No timer is running."),
    ("cancel my alarm for 9", "The alarm for today at 9 PM (pills) is cancelled."),
    ("when does my alarm go off", "15 hours and 30 minutes are left until the alarm for tomorrow at 6:30 AM."),
    ("cancel all alarms", "The alarm for tomorrow at 6:30 AM is cancelled."),
    ("set a timer", "! A timer needs a length; say for example: set a timer for ten minutes."),
    ("set an alarm", "! An alarm needs a time; say for example: set an alarm for 7 in the morning."),
    ("set an alarm for today at 9 in the morning", "! Today at 9 AM has passed; say another time."),
    ("remind me to call Anna in ten minutes", "Alarm (call Anna) set for today at 3:10 PM."),
]


def test_a_conversation(store: Store) -> None:
    async def main() -> list[tuple[str, str]]:
        bench = Bench(store)
        return [(said, text_of(await bench.say(said))) for said, _ in CONVERSATION]

    assert run_virtual(main()) == CONVERSATION


@pytest.mark.parametrize(
    ("tool", "arguments", "error"),
    [
        ("set_timer", {"minutes": -1}, "greater than or equal"),
        ("set_timer", {"minutes": float("nan")}, "finite"),
        ("set_timer", {"minutes": "soon"}, "number"),
        ("set_timer", {"hours": 10_000_000}, "a year"),
        ("set_timer", {"minutes": 1, "volume": 3}, "Extra"),
        ("set_alarm", {"at": "soon"}, "is no time"),
        ("set_alarm", {"at": "2020-01-01T07:00"}, "has passed"),
        ("set_alarm", {"at": "2999-01-01T07:00"}, "a year ahead"),
        ("cancel_timer", {"label": "nothing"}, "called nothing"),
    ],
)
def test_bad_arguments_are_refused_in_a_sentence(
    store: Store, tool: str, arguments: dict[str, Any], error: str
) -> None:
    async def main() -> Outcome:
        return await Bench(store).call(tool, **arguments)

    outcome = run_virtual(main())
    assert outcome.error is not None
    assert error in outcome.error
    assert AlarmTable(store).all() == []


def test_what_writes_asks_unless_it_was_commanded(store: Store) -> None:
    async def main() -> list[str | None]:
        bench = Bench(store)
        await bench.say("set a pasta timer for 5 minutes")
        calls = [
            Call("set_timer", {"minutes": 10, "label": "tea"}),
            Call("set_alarm", {"at": "2026-03-04T07:00"}),
            Call("cancel_timer", {"all": True}),
            Call("list_timers"),
        ]
        assert all(bench.box.needs_asking(call, commanded=True) is None for call in calls)
        return [bench.box.needs_asking(call, commanded=False) for call in calls]

    assert run_virtual(main()) == [
        "Shall I set a tea timer for 10 minutes?",
        "Shall I set an alarm for 2026-03-04 at 07:00?",
        "Shall I cancel the pasta timer?",
        None,
    ]


def test_seven_tomorrow_is_seven_on_the_clock_also_when_the_clocks_change(store: Store) -> None:
    async def main() -> list[datetime]:
        evening = datetime(2026, 3, 28, 22, 0, tzinfo=NOW.tzinfo)  # that night the clocks go forward
        bench = Bench(store, Clock(evening))
        await bench.say("set an alarm for 7 tomorrow morning")
        await bench.say("wake me in ten hours")
        return [alarm.due_at for alarm in bench.alarms.pending()]

    assert run_virtual(main()) == [datetime(2026, 3, 29, 5, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)]


def ringing(store: Store, act: Callable[[Bench], Any]) -> Bench:
    """What happens while alarms are rung and `act` runs."""

    async def main() -> Bench:
        bench = Bench(store)
        running = asyncio.create_task(bench.alarms.run())
        await act(bench)
        running.cancel()
        return bench

    return run_virtual(main())


def test_a_timer_rings_once_and_on_time(store: Store) -> None:
    times: list[float] = []

    async def act(bench: Bench) -> None:
        began = asyncio.get_running_loop().time()
        bench.bus.subscribe(lambda event: times.append(event.time - began))
        await bench.say("set a pasta timer for 90 seconds")
        await asyncio.sleep(89.9)
        assert bench.rang == []
        await asyncio.sleep(300)

    assert ringing(store, act).rang == [("timer", "pasta", 0.0)]
    assert times == [pytest.approx(90.0, abs=0.01)]


def test_one_that_was_set_while_another_was_waited_for_rings_first(store: Store) -> None:
    async def act(bench: Bench) -> None:
        await bench.say("set a timer called long for 60 seconds")
        await asyncio.sleep(0.1)
        await bench.say("set a timer called short for 0.5 seconds")
        await asyncio.sleep(0.55)
        assert [label for _, label, _ in bench.rang] == ["short"]
        await asyncio.sleep(60)

    assert [label for _, label, _ in ringing(store, act).rang] == ["short", "long"]


def test_a_cancelled_one_does_not_ring(store: Store) -> None:
    async def act(bench: Bench) -> None:
        await bench.say("set a timer for 10 seconds")
        await asyncio.sleep(5)
        await bench.say("cancel the timer")
        await asyncio.sleep(60)

    assert ringing(store, act).rang == []


def test_one_that_was_missed_rings_at_the_start_and_says_so(tmp_path: Path) -> None:
    async def set_one() -> None:
        await Bench(first).say("set an alarm called pills for 3:30 pm")

    first = Store.open(tmp_path / "duet.db")
    run_virtual(set_one())
    first.close()

    async def start_later() -> Bench:
        bench = Bench(second, Clock(NOW + timedelta(hours=2)))
        running = asyncio.create_task(bench.alarms.run())
        await asyncio.sleep(0.01)
        running.cancel()
        return bench

    second = Store.open(tmp_path / "duet.db")
    (event,) = run_virtual(start_later()).seen
    second.close()
    assert isinstance(event, AlarmRang)
    assert event.late_s == pytest.approx(5400, abs=1)
    assert announcement(event) == (
        "Your alarm (pills) was due 1 hour and 30 minutes ago, while nobody was there to ring it."
    )


def test_the_sleep_of_the_machine_is_noticed(store: Store) -> None:
    async def act(bench: Bench) -> None:
        await bench.say("set a timer for one hour")
        await asyncio.sleep(60)
        bench.clock.leap(2 * 3600)  # the loop's clock stood still
        await asyncio.sleep(CHECK_S)

    ((_, _, late_s),) = ringing(store, act).rang
    assert late_s == pytest.approx(3660, abs=CHECK_S)


def test_two_processes_on_one_database_ring_each_once(tmp_path: Path) -> None:
    stores = [Store.open(tmp_path / "duet.db") for _ in range(2)]

    async def main() -> list[list[str]]:
        benches = [Bench(store) for store in stores]
        running = [asyncio.create_task(bench.alarms.run()) for bench in benches]
        await asyncio.sleep(0.3)
        for number in range(20):
            await benches[number % 2].call("set_timer", seconds=5 + number // 4, label=f"t{number}")
        await asyncio.sleep(30)
        for task in running:
            task.cancel()
        return [[label for _, label, _ in bench.rang] for bench in benches]

    first, second = run_virtual(main())
    for store in stores:
        store.close()
    assert sorted(first + second) == sorted(f"t{number}" for number in range(20))


def test_a_claim_is_given_to_one_only(tmp_path: Path) -> None:
    """Real threads on real connections: what `Alarms` relies on between processes."""
    stores = [Store.open(tmp_path / "duet.db") for _ in range(4)]
    table = AlarmTable(stores[0])
    for number in range(40):
        table.add(new_alarm("timer", str(number), set_at=NOW, due_at=NOW))
    got: list[list[str]] = [[] for _ in stores]
    start = threading.Barrier(len(stores))

    def claim(index: int) -> None:
        start.wait()
        got[index] = [alarm.label for alarm in AlarmTable(stores[index]).claim_due(NOW)]

    threads = [threading.Thread(target=claim, args=(index,)) for index in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sorted(label for labels in got for label in labels) == sorted(str(number) for number in range(40))


def test_a_database_that_fails_is_told_once_and_tried_again(store: Store, tmp_path: Path) -> None:
    async def act(bench: Bench) -> None:
        await bench.say("set a timer for 5 seconds")
        with store._writing() as db:
            db.execute("ALTER TABLE alarms RENAME TO gone")
        await asyncio.sleep(20)
        assert len([event for event in bench.seen if isinstance(event, Warning)]) == 1
        assert bench.rang == []
        with store._writing() as db:
            db.execute("ALTER TABLE gone RENAME TO alarms")
        await asyncio.sleep(2)

    assert [late for _, _, late in ringing(store, act).rang] == [pytest.approx(15, abs=2)]


@pytest.mark.parametrize(
    ("kind", "label", "late_s", "said"),
    [
        ("timer", "pasta", 0.0, "The pasta timer is done."),
        ("timer", "", 0.0, "Your timer is done."),
        ("alarm", "", 0.0, "This is your alarm."),
        ("alarm", "call Anna", 0.0, "This is your alarm: call Anna."),
        (
            "timer",
            "pasta",
            90.0,
            "The pasta timer was due 1 minute and 30 seconds ago, while nobody was there to ring it.",
        ),
    ],
)
def test_what_is_said(kind: Any, label: str, late_s: float, said: str) -> None:
    assert announcement(AlarmRang(alarm="a", kind=kind, label=label, late_s=late_s)) == said
