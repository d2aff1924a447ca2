"""What is learned of a user's pauses: direction, bounds, forgetting, and that it outlives the program."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.endpointing import PauseHabits, load_habits, save_habits
from app.assistant.endpointing.habits import LONGEST_S, MEAN_BOUNDS_S, ODDS_BOUND, SHORTEST_S
from app.cli.history import history_group
from app.store import PauseRecord, Store


def learned(pause_s: float, count: int = 40, ends: int = 0) -> PauseHabits:
    habits = PauseHabits()
    for _ in range(count):
        habits.add(pause_s, inside=True)
    for _ in range(ends):
        habits.add(0.0, inside=False)
    return habits


def test_long_pauses_raise_the_quantiles_and_short_ones_lower_them() -> None:
    slow, unknown, quick = learned(1.0), PauseHabits(), learned(0.25)
    for share in (0.5, 0.8, 0.95):
        assert slow.quantile(share) > unknown.quantile(share) > quick.quantile(share) > SHORTEST_S
    assert unknown.quantile(0.0) == SHORTEST_S


def test_one_odd_pause_changes_little() -> None:
    habits = PauseHabits()
    before = habits.mean_s
    habits.add(30.0, inside=True)
    assert before < habits.mean_s < before * 1.4


def test_old_pauses_fade() -> None:
    habits = learned(1.2, 300)
    for _ in range(150):
        habits.add(0.25, inside=True)
    assert habits.mean_s < PauseHabits().mean_s


def test_who_never_pauses_inside_a_turn_is_sooner_done() -> None:
    assert learned(0.4, 0, ends=60).shift > 0 > learned(0.4, 60).shift


def test_pauses_too_short_to_matter_teach_nothing() -> None:
    assert learned(0.1, 50).record == PauseRecord()


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=200))
def test_what_is_learned_stays_within_its_bounds(pauses: list[tuple[float, bool]]) -> None:
    habits = PauseHabits()
    for pause, inside in pauses:
        habits.add(pause, inside)
    assert MEAN_BOUNDS_S[0] <= habits.mean_s <= MEAN_BOUNDS_S[1]
    assert abs(habits.shift) <= ODDS_BOUND
    assert SHORTEST_S < habits.quantile(0.9) < 2 * LONGEST_S
    assert PauseHabits(habits.record).record == habits.record


@pytest.mark.parametrize("pause_s", [-0.1, math.nan, math.inf])
def test_a_pause_that_cannot_be_is_refused(pause_s: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        PauseHabits().add(pause_s, inside=True)


@pytest.mark.parametrize("share", [-0.1, 1.0, math.nan])
def test_a_share_that_cannot_be_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        PauseHabits().quantile(share)


@pytest.mark.parametrize(
    "record",
    [PauseRecord(inside=-1.0), PauseRecord(ends=math.inf), PauseRecord(inside=1.0, excess_s=50.0)],
)
def test_a_record_that_cannot_be_true_counts_as_nothing(record: PauseRecord) -> None:
    assert PauseHabits(record).record == PauseRecord()


async def test_habits_outlive_the_program(tmp_path: Path) -> None:
    path = tmp_path / "duet.db"
    store = Store.open(path)
    habits = load_habits(store)
    assert habits.record == PauseRecord()
    for _ in range(20):
        habits.add(0.9, inside=True)
    await save_habits(store, habits)
    habits.add(0.9, inside=False)
    await save_habits(store, habits)
    store.close()

    store = Store.open(path)
    again = load_habits(store)
    store.close()
    assert again.record == habits.record
    assert again.quantile(0.9) == habits.quantile(0.9) > PauseHabits().quantile(0.9)


async def test_what_cannot_be_kept_is_logged_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(tmp_path / "duet.db")
    monkeypatch.setattr(store, "_write", None)  # as for a file that may only be read
    await save_habits(store, PauseHabits())
    store.close()
    assert "cannot be kept" in caplog.text


def test_habits_are_forgotten_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUET_HOME", str(tmp_path))
    run = CliRunner().invoke(history_group, ["forget-pauses", "--json"], prog_name="duet history")
    assert (run.exit_code, '"forgotten": false' in run.output) == (0, True)
    path = next(tmp_path.rglob("duet.db"))
    store = Store.open(path)
    store.save_pause_habits(learned(1.0).record)
    run = CliRunner().invoke(history_group, ["forget-pauses"], prog_name="duet history")
    assert (run.exit_code, run.output) == (0, "Forgot how you pause.\n")
    assert store.pause_habits() is None
    store.close()
