"""The router: exact commands first, then roles by the classifier, "don't know" as dialogue, and always a plan."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant.router import LONGEST_COMMAND, Plan, Router, document, percentile, told
from app.assistant.routing import classifier
from app.assistant.routing.classifier import ROLES, trained
from app.assistant.routing.features import COLUMNS, PLAIN, features
from app.errors import EngineUnavailable
from app.events import PlanMade, to_json
from app.tools.base import Arguments, Call, Intent, Result, Situation, Tool
from app.tools.toolbox import Toolbox

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
DEADLINE = timedelta(milliseconds=250)
"""For a text of any kind; a plan takes some ten microseconds, and the rest is for a busy machine."""


def tool(called: str) -> Tool[Arguments]:
    class Silent(Tool[Arguments]):
        name, description = called, "Does nothing."

        async def run(self, arguments: Arguments, situation: Situation) -> Result:
            return Result(text="")

    return Silent()


TOOLS = (tool("set_timer"), tool("note"))


def plan(text: str, *intents: Intent, router: Router | None = None, planner: str | None = "large") -> Plan:
    router = router or Router(Toolbox(TOOLS, intents))
    return router.plan(text, NOW, fast="small", planner=planner, first_tokens_ms=[30.0, 10.0, 20.0])


def timer(text: str, now: datetime) -> Call | None:
    return Call("set_timer", {"seconds": 300}) if text == "set a timer for five minutes" else None


# -- reflexes --------------------------------------------------------------------------------------------------


def test_an_exact_command_needs_no_model() -> None:
    made = plan("set a timer for five minutes", lambda text, now: None, timer)
    assert made.call == Call("set_timer", {"seconds": 300})
    assert (made.role, made.reflex, made.confidence) == ("tools", "set_timer", 1.0)
    assert (made.fast, made.planner, made.chain) == ("small", None, ("set_timer", "small", "large"))
    assert made.why == "a command: set timer"
    assert (made.expected_p50_ms, made.expected_p95_ms) == (None, None)
    assert made.inputs == {"words": 6, "mode": None, "propensity": 1.0}


def test_commands_are_told_the_time() -> None:
    seen: list[datetime] = []

    def intent(text: str, now: datetime) -> Call | None:
        seen.append(now)
        return None

    plan("what time is it", intent)
    assert seen == [NOW]


def test_an_intent_that_fails_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    def broken(text: str, now: datetime) -> Call | None:
        raise RuntimeError("an intent of somebody else's")

    made = plan("Write a Python function that reverses a string.", broken)
    assert (made.call, made.role) == (None, "code")
    assert "an intent failed" in caplog.text


def test_no_intent_is_asked_about_what_is_too_long_for_a_command() -> None:
    def eager(text: str, now: datetime) -> Call | None:
        return Call("note")

    assert plan("x" * LONGEST_COMMAND, eager).reflex == "note"
    assert plan("x" * (LONGEST_COMMAND + 1), eager).reflex is None


# -- roles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Hello, how are you today?", "dialogue"),
        ("What is the capital of France?", "dialogue"),
        ("Tell me a joke about a horse.", "dialogue"),
        ("Can you write a Python function that removes empty lines?", "code"),
        ("how do i sort a list in java script", "code"),
        ("Please summarise the following article in three sentences.", "summary"),
        ("Translate this letter into French for me.", "summary"),
        ("Help me plan a trip to Norway with two children.", "planning"),
        ("Compare an electric car with a diesel for a family and weigh the costs.", "planning"),
        ("Remind me to call the dentist when I am home, put it on my list.", "tools"),
        ("How much free space is left on my hard drive?", "tools"),
        ("Wie spät ist es denn jetzt eigentlich?", "dialogue"),
        ("qwe rtz uio", "dialogue"),
        ("🙂", "dialogue"),
    ],
)
def test_plain_cases_find_their_role(text: str, role: str) -> None:
    made = plan(text)
    assert made.role == role, made.why
    assert (made.fast, made.planner, made.chain) == ("small", "large", ("small", "large"))
    assert (made.expected_p50_ms, made.expected_p95_ms) == (20.0, 30.0)


def test_the_sentence_tells_the_truth() -> None:
    text = "Write a Python function that reverses a string."
    sure, unsure = Router(classifier=replace(trained(), threshold=0.0)), replace(trained(), threshold=1.01)
    made = plan(text, router=sure)
    assert made.why == f"sounds like code ({made.confidence:.2f})"
    doubtful = plan(text, router=Router(classifier=unsure))
    assert (doubtful.role, doubtful.confidence) == ("dialogue", made.confidence)
    assert doubtful.why == f"not sure (code {made.confidence:.2f}), so dialogue"


def test_dialogue_needs_no_threshold() -> None:
    made = plan("Hello, how are you today?", router=Router(classifier=replace(trained(), threshold=1.01)))
    assert made.why == f"sounds like dialogue ({made.confidence:.2f})"


def test_the_inputs_are_all_that_the_decision_needs() -> None:
    made = plan("Help me plan a trip to Norway with two children.")
    inputs = made.inputs
    assert json.loads(json.dumps(inputs)) == inputs
    assert tuple(inputs["probabilities"]) == ROLES
    assert sum(inputs["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert made.confidence == max(inputs["probabilities"].values()) == inputs["probabilities"]["planning"]
    assert (inputs["words"], inputs["propensity"]) == (10, 1.0)
    assert (inputs["threshold"], inputs["classifier"]) == (trained().threshold, trained().version)
    assert 0.3 < inputs["threshold"] < 1


def test_without_a_planner_the_plan_says_why() -> None:
    made = Router().plan("Hello there.", NOW, fast="small", planner=None, why_no_planner="nobody asked for one")
    assert (made.planner, made.chain) == (None, ("small",))
    assert made.why.startswith("sounds like dialogue (")
    assert made.why.endswith("; nobody asked for one")
    assert (made.expected_p50_ms, made.expected_p95_ms) == (None, None)


def test_typed_and_heard_words_are_the_same_phrase() -> None:
    typed, heard = "What's 17 + 4, roughly?", "what's seventeen four roughly"
    assert features(typed)[0][: -len(PLAIN)] == features(heard)[0][: -len(PLAIN)]


def test_a_long_text_is_judged_by_where_people_say_what_they_want() -> None:
    filler = "The ferry left the island in the evening and the sea was calm. " * 2000
    assert plan(f"Please summarise this text: {filler}").role == "summary"
    assert plan(f"{filler} Please summarise this text.").role == "summary"
    assert len(features(filler)[0]) < 1000


# -- whatever comes --------------------------------------------------------------------------------------------


@given(st.one_of(st.text(), st.text(alphabet=st.characters(codec="utf-8"), min_size=500, max_size=3000)))
@settings(deadline=DEADLINE, max_examples=300)
def test_any_text_gets_a_plan_in_time(text: str) -> None:
    made = plan(text)
    assert made.role in ROLES
    assert 0.0 <= made.confidence <= 1.0
    assert made == plan(text)
    json.dumps(document(made))


@pytest.mark.parametrize(
    "text", ["", "a" * 3_000_000, "word " * 500_000, "\ud800 lone", "((((" * 100_000, "9" * 500_000]
)
def test_so_does_a_monstrous_one(text: str) -> None:
    assert plan(text).role in ROLES


def test_hashes_are_the_same_in_every_process() -> None:
    program = "from app.assistant.routing.features import features; print(features('Plan a trip to Rome, please.'))"
    here = repr(features("Plan a trip to Rome, please."))
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert ran.stdout.strip() == here
    assert max(features("Plan a trip to Rome, please.")[0]) < COLUMNS + len(PLAIN)


def test_numpy_is_not_loaded_before_the_first_plan() -> None:
    program = "import sys, app.assistant.router; print('numpy' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.strip() == "False"


def _nothing(folder: Path) -> None:
    pass


def _garbage(folder: Path) -> None:
    (folder / "weights.npz").write_bytes(b"PK\x03\x04 no archive")
    (folder / "classifier.json").write_text('{"temperature": 1}', encoding="utf-8")


def _cut_short(folder: Path) -> None:
    for name, share in (("weights.npz", 0.5), ("classifier.json", 1.0)):
        whole = classifier.resource("router", name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])


def _flipped(folder: Path) -> None:
    _cut_short(folder)
    whole = bytearray(classifier.resource("router", "weights.npz").read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 64] = bytes(64)
    (folder / "weights.npz").write_bytes(whole)


def _of_other_features(folder: Path) -> None:
    for name in ("weights.npz", "classifier.json"):
        (folder / name).write_bytes(classifier.resource("router", name).read_bytes())
    figures = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
    (folder / "classifier.json").write_text(json.dumps(figures | {"roles": ["dialogue"]}), encoding="utf-8")


@pytest.mark.parametrize("spoil", [_nothing, _garbage, _cut_short, _flipped, _of_other_features])
def test_without_its_figures_everything_is_dialogue(
    spoil: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    spoil(tmp_path)
    monkeypatch.setattr(classifier, "resource", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(EngineUnavailable, match="install Duet again"):
        classifier.read()
    monkeypatch.setattr("app.assistant.router.trained", classifier.read)
    router = Router(Toolbox(TOOLS, [timer]))
    made = plan("Write a Python function.", router=router)
    assert (made.role, made.confidence) == ("dialogue", 0.0)
    assert made.why == "the router's figures cannot be read, so dialogue"
    assert plan("set a timer for five minutes", router=router).reflex == "set_timer"
    plan("And again.", router=router)
    assert caplog.text.count("every turn is dialogue") == 1


# -- the event and the document --------------------------------------------------------------------------------


def test_the_event_tells_the_whole_plan() -> None:
    made = plan("set a timer for five minutes", timer)
    event = PlanMade(turn="t", **told(made))
    assert pickle.loads(pickle.dumps(event)) == event
    assert (event.reflex, event.confidence, event.inputs) == ("set_timer", 1.0, made.inputs)
    assert document(event) == document(made)
    assert to_json(event)["inputs"] == made.inputs


def test_the_documented_keys_come_first() -> None:
    assert list(document(plan("Hello."))) == [
        "role",
        "fast",
        "planner",
        "chain",
        "why",
        "expected_ms",
        "reflex",
        "confidence",
        "inputs",
    ]


def test_an_older_event_without_the_new_values_is_still_one() -> None:
    event = PlanMade(
        role="dialogue", fast="a", planner=None, chain=(), why="", expected_p50_ms=None, expected_p95_ms=None
    )
    assert (event.reflex, event.confidence, event.inputs) == (None, 1.0, {})


def test_percentile() -> None:
    assert percentile([], 50) is None
    assert [percentile([3.0, 1.0, 2.0], percent) for percent in (1, 50, 95)] == [1.0, 2.0, 3.0]
