"""Every command of the contract, on the starter engines, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.e2e.program import duet

TURN = {"turn", "heard", "plan", "answer", "refinement", "final", "marks_ms"}
SPOKEN = TURN | {"speech_start_s", "speech_end_s", "committed_s", "first_audio_s", "interrupted_s", "heard_by_user"}
STARTER = "SmolLM2-135M-Instruct"


def check_turn(turn: dict, keys: set[str]) -> None:
    assert keys <= turn.keys()
    assert turn["heard"].keys() >= {"text", "source"}
    assert turn["plan"].keys() >= {"role", "fast", "planner", "chain", "why", "expected_ms"}
    assert turn["plan"]["expected_ms"].keys() == {"p50", "p95"}
    assert turn["answer"].keys() >= {"text", "model", "first_token_ms", "tokens", "tokens_per_s"}
    assert turn["refinement"].keys() >= {"verdict", "text", "model", "elapsed_ms", "why", "tools"}
    assert turn["refinement"]["verdict"] in {"agree", "add", "correct", "skipped", "failed"}
    marks = turn["marks_ms"]
    # A spoken turn is answered while its end is still being judged: its first token may come before the commit.
    assert marks["first_token"] <= marks["answer_finished"] <= marks["finished"]
    assert marks["committed"] <= marks["finished"]


def test_ask_gives_the_documented_keys_and_names_both_models() -> None:
    ran = duet("ask", "What is the capital of France?", "--json")
    assert ran.code == 0, ran
    turn = ran.document()
    check_turn(turn, TURN)
    assert "Paris" in turn["final"]
    assert (turn["plan"]["fast"], turn["plan"]["planner"]) == (STARTER, STARTER)
    assert turn["refinement"]["model"] == STARTER

    continued = duet("ask", "Thank you.", "--json", "--no-planner", "--conversation", turn["conversation"]).document()
    assert continued["conversation"] == turn["conversation"]
    assert continued["refinement"]["verdict"] == "skipped"
    shown = duet("history", "show", turn["conversation"], "--json").document()
    assert [kept["text"] for kept in shown["turns"]] == ["What is the capital of France?", "Thank you."]
    assert shown["turns"][0]["answer"] == turn["answer"]["text"]
    assert [hit["turn"] for hit in duet("history", "search", "capital", "--json").document()["hits"]] == [turn["turn"]]
    expected = duet("plan", "Where is Rome?", "--json").document()["expected_ms"]
    assert expected["p50"] is not None, "the plan knows what was measured"


def test_plan_shows_the_decision_and_what_it_was_made_from() -> None:
    ran = duet("plan", "Write a Python function that reverses a string.", "--json")
    assert ran.code == 0, ran
    made = ran.document()
    documented = ["role", "fast", "planner", "chain", "why", "expected_ms"]
    assert list(made) == [*documented, "reflex", "confidence", "inputs"]
    assert (made["role"], made["fast"], made["planner"], made["reflex"]) == ("code", STARTER, STARTER, None)
    assert made["chain"] == [STARTER, STARTER]
    assert made["inputs"].keys() >= {"probabilities", "words", "threshold", "classifier", "propensity", "mode"}
    assert made["confidence"] == made["inputs"]["probabilities"]["code"] >= made["inputs"]["threshold"]
    assert made["why"] == f"sounds like code ({made['confidence']:.2f})"

    told = duet("plan", "Good morning, how are you?")
    assert told.code == 0, told
    assert told.out.startswith(f"dialogue: {STARTER} answers, {STARTER} thinks again (sounds like dialogue (")
    assert told.out.count("\n") == 1
    assert "empty" in duet("plan", "  ").refused(3)

    asked = duet("ask", "Thank you.", "--no-planner", "--json").document()
    assert asked["plan"]["inputs"]["probabilities"].keys() == made["inputs"]["probabilities"].keys()
    assert asked["refinement"]["why"] == "there is no planner"


def test_ask_tells_events_as_they_happen() -> None:
    ran = duet("ask", "What is two plus two?", "--events")
    assert ran.code == 0, ran
    kinds = [event["event"] for event in ran.lines()]
    for earlier, later in [
        ("TurnCommitted", "PlanMade"),
        ("FirstToken", "AnswerFinished"),
        ("Refined", "TurnFinished"),
    ]:
        assert kinds.index(earlier) < kinds.index(later)


def test_say_then_hear_then_talk(tmp_path: Path) -> None:
    question = tmp_path / "question.wav"
    said = duet("say", "What is the weather today?", "--out", str(question), "--json")
    assert said.code == 0, said
    spoken = said.document()
    assert spoken.keys() == {"voice", "spoken", "audio_s", "first_chunk_ms", "elapsed_s", "sample_rate"}
    assert spoken["spoken"] == "What is the weather today?"
    assert soundfile.info(question).duration == pytest.approx(spoken["audio_s"], abs=0.01)

    heard = duet("hear", str(question), "--json").document()
    assert heard.keys() >= {"text", "segments", "engine", "audio_s", "elapsed_s"}
    assert heard["segments"][0].keys() >= {"start_s", "end_s", "text", "confidence"}
    # pocketsphinx knows people better than espeak-ng; this sentence it gets
    assert len(set(heard["text"].lower().split()) & {"what", "is", "the", "weather"}) >= 3, heard

    reply = tmp_path / "reply.wav"
    talked = duet("talk", str(question), "--out", str(reply), "--json")
    assert talked.code == 0, talked
    document = talked.document()
    assert document.keys() == {"turns", "dropped_drafts"}
    (turn,) = document["turns"]
    check_turn(turn, SPOKEN)
    assert turn["heard"]["source"] == "sphinx"
    assert turn["speech_start_s"] < turn["speech_end_s"] < turn["committed_s"] < turn["first_audio_s"]
    assert turn["heard_by_user"].startswith(turn["answer"]["text"][:10])
    samples, rate = soundfile.read(reply, dtype="float32")
    before = samples[: int((turn["first_audio_s"] - 0.01) * rate)]
    assert np.abs(before).max() == 0.0
    assert np.abs(samples[len(before) :]).max() > 0.05


def test_the_echo_of_the_answer_is_not_taken_for_the_user(tmp_path: Path) -> None:
    question = tmp_path / "question.wav"
    assert duet("say", "How are you today?", "--out", str(question)).code == 0
    talked = duet("talk", str(question), "--out", str(tmp_path / "r.wav"), "--echo", "-6", "--json").document()
    assert len(talked["turns"]) == 1
    assert talked["turns"][0]["interrupted_s"] is None


def test_a_recording_without_speech_is_no_turn(tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    soundfile.write(silence, np.zeros(16_000, np.float32), 16_000)
    talked = duet("talk", str(silence), "--out", str(tmp_path / "r.wav"), "--json")
    assert (talked.code, talked.document()) == (0, {"turns": [], "dropped_drafts": 0})


def test_without_a_display_the_lines_of_standard_input_are_turns() -> None:
    ran = duet(stdin="What is the capital of Italy?\n\nAnd of Spain?\n")
    assert ran.code == 0, ran
    assert "> What is the capital of Italy?" in ran.out
    assert ran.out.index("Rome") < ran.out.index("> And of Spain?")


def test_chat_gives_all_turns_as_one_document() -> None:
    document = duet("chat", "--json", stdin="Hello.\nWhat is the capital of Italy?\n").document()
    assert len(document["turns"]) == 2
    assert document["turns"][0]["conversation"] == document["turns"][1]["conversation"]


def test_verdict_judges_one_pair_or_many(tmp_path: Path) -> None:
    one = duet("verdict", "--question", "6 x 7?", "--first", "It is 42.", "--second", "It is 44.", "--json").document()
    assert one["verdict"] == "correct"
    assert one.keys() == {"verdict", "why", "confidence"}
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"q": "6 x 7?", "a": "42", "b": "forty-two"}\n\n{"q": "6 x 7?", "a": "42", "b": "44"}\n')
    assert [line["verdict"] for line in duet("verdict", "--pairs", str(pairs)).lines()] == ["agree", "correct"]
    pairs.write_text("{}")
    assert "line 1" in duet("verdict", "--pairs", str(pairs)).refused(3)


def test_doctor_tries_every_part() -> None:
    ran = duet("doctor", "--json")
    assert ran.code == 0, ran
    document = ran.document()
    checks = {check["name"]: check for check in document["checks"]}
    everything = {"program", "storage", "fast model", "planner", "compute", "hearing", "voice", "sound", "window"}
    assert checks.keys() >= everything
    assert checks["compute"]["detail"].startswith("the planner waits while Duet answers: not measured")
    for name in ("program", "storage", "fast model", "planner", "hearing", "voice"):
        assert checks[name]["ok"], checks[name]
    assert all(check["ok"] or check["mend"] for check in document["checks"])


def test_usage_errors_have_exit_code_2() -> None:
    assert duet("ask").refused(2)
    assert duet("talk", "x.wav").refused(2)
    assert duet("nonsense").refused(2)
    assert duet("verdict", "--first", "a").refused(2)


def test_an_error_is_a_document_too() -> None:
    ran = duet("hear", "nothing.wav", "--json")
    assert ran.document() == {"error": ran.err.strip().removeprefix("duet: "), "exit_code": 3}


def test_say_puts_figures_into_words_of_the_language(tmp_path: Path) -> None:
    def said(text: str, *options: str, **environment: str) -> dict[str, object]:
        ran = duet("say", text, "--out", str(tmp_path / "said.wav"), "--json", *options, **environment)
        assert ran.code == 0, ran
        return dict(ran.document())

    english = said("It is **3.5 km** away.")
    assert (english["voice"], english["spoken"]) == ("en-us", "It is three point five kilometers away.")
    german = said("3,5 km", "--language", "de", "--rate", "2")
    assert (german["voice"], german["spoken"]) == ("de", "drei Komma fünf Kilometer")
    assert said("Das ist nicht weit von hier.", DUET_VOICE__VOICES='{"de": "de+f3"}')["voice"] == "de+f3"
    assert float(str(said("one two three", "--rate", "0.5")["audio_s"])) > 1.6 * float(
        str(said("one two three")["audio_s"])
    )
    assert duet("say", "x", "--out", str(tmp_path / "x.wav"), "--rate", "9").code == 2
    assert "no voice" in duet("say", "x", "--out", str(tmp_path / "x.wav"), "--voice", "nobody").refused(3)


@pytest.mark.parametrize("command", ["ask", "talk", "hear", "say", "chat", "history", "settings", "doctor", "bench"])
def test_every_command_has_help(command: str) -> None:
    ran = duet(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: ")


def test_where_qt_does_not_load_the_terminal_holds_the_conversation(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file')"
    )
    broken = {"DISPLAY": ":1", "PYTHONPATH": str(tmp_path)}
    ran = duet(stdin="What is the capital of Italy?\n", **broken)
    assert (ran.code, "Rome" in ran.out) == (0, True), ran
    assert "libEGL" in ran.err
    assert "libEGL" in duet("window", **broken).refused(4)
