"""`duet models`, and models on servers, as a user meets them; bad input above all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Store, Turn
from tests.e2e.program import duet
from tests.makers import gguf_model
from tests.makers.chat_server import Server, chat_server, saying


@pytest.fixture
def server() -> Iterator[Server]:
    with chat_server() as made:
        yield made


def test_status_says_who_plays_what() -> None:
    document = duet("models", "status", "--json").document()
    assert (document["mode"], document["second_thoughts"]) == ("balanced", 3)
    assert [role["role"] for role in document["roles"]] == ["dialogue", "planning", "code", "summary", "tools"]
    (model,) = document["roles"][0]["models"]
    assert model == {"reference": "starter", "model": "SmolLM2-135M-Instruct", "host": None, "problem": None}
    text = duet("models", "status", DUET_ASSISTANT__MODE="light").out
    assert "no second thought" in text
    assert "ready" in text


def test_use_writes_the_setting_and_refuses_what_cannot_be(tmp_path: Path, duet_home: Path) -> None:
    assert "planning" in duet("models", "use", "planing", "starter").refused(3)
    assert "none.gguf does not exist" in duet("models", "use", "code", str(tmp_path / "none.gguf")).refused(3)
    (tmp_path / "letter.gguf").write_text("Dear model,\n" * 100)
    assert "letter.gguf" in duet("models", "use", "code", str(tmp_path / "letter.gguf")).refused(3)
    eye = gguf_model.write_other(tmp_path / "eye.gguf", "clip", "mmproj")
    assert "eye.gguf" in duet("models", "use", "code", str(eye)).refused(3)
    assert "servers.NAME.base_url" in duet("models", "use", "code", "server:nobody").refused(3)
    assert "remote.base_url" in duet("models", "use", "code", "remote").refused(3)
    assert duet("models", "use", "code", "").refused(3)
    assert duet("models", "use", "code").code == 2
    assert not (duet_home / "settings.toml").exists()
    ran = duet("models", "use", "code", "starter")
    assert "duet settings reset roles.code.model" in ran.out
    assert duet("settings", "get", "roles.code.model").out.strip() == "starter"


def test_a_server_can_be_chosen_before_it_is_allowed_or_even_there(duet_home: Path) -> None:
    for key, value in (("base_url", "https://llm.example/v1"), ("model", "qwen")):
        assert duet("settings", "set", f"servers.big.{key}", value).code == 0
    ran = duet("models", "use", "planning", "server:big")
    assert (ran.code, "qwen plays planning" in ran.out) == (0, True)
    assert "servers.big.allowed true" in ran.err
    row = duet("models", "status", "--json").document()["roles"][1]["models"][0]
    assert row["host"] == "llm.example"
    assert "servers.big.allowed true" in row["problem"]


def test_scores_of_nothing_and_of_something(duet_home: Path) -> None:
    assert "Nothing has been measured" in duet("models", "scores").out
    store = Store.open(duet_home / "duet.db")
    for number in range(40):
        for model, verdict in (("SmolLM2-135M-Instruct", "correct" if number % 2 else "agree"), ("qwen", "agree")):
            store.save_turn(
                Turn(
                    id=f"{model}-{number}",
                    conversation="c",
                    started_at="2026-01-01T12:00:00.000+00:00",
                    state="done",
                    answer_model=model,
                    first_token_ms=100.0,
                    tokens=10,
                    tokens_per_s=50.0,
                    verdict=verdict,
                    plan={"role": "code"},
                )
            )
    store.close()
    document = duet("models", "scores", "--json").document()
    best, worst = document["scores"]
    assert (best["role"], best["model"], best["samples"]) == ("code", "qwen", 40)
    assert best["value"] > worst["value"]
    (advice,) = document["advice"]
    assert advice["text"].startswith("For code, qwen has done better here than SmolLM2-135M-Instruct")
    assert "qwen" in duet("models", "scores").out


def test_nobody_is_asked_where_nobody_can_answer(server: Server) -> None:
    chosen = {"DUET_REMOTE__BASE_URL": server.url, "DUET_REMOTE__MODEL": "large"}
    for part in ("FAST", "PLANNER"):
        ran = duet("ask", "Hello?", "--json", **chosen, **{f"DUET_MODELS__{part}": "remote"})
        assert ran.code == 3
        assert "duet settings set remote.allowed true" in ran.document()["error"]
    assert server.headers == []
    server.replies = [saying("Four.")]
    ran = duet("ask", "Two and two?", "--no-planner", DUET_MODELS__FAST="remote", DUET_REMOTE__ALLOWED="true", **chosen)
    assert (ran.code, ran.out) == (0, "Four.\n")


def test_a_server_that_is_away_is_replaced_and_said_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {"DUET_REMOTE__BASE_URL": f"http://127.0.0.1:{port}/v1", "DUET_REMOTE__MODEL": "large"}
    question = "What is the capital of France?\n"
    ran = duet("chat", stdin=question * 2, DUET_MODELS__FAST="remote", DUET_REMOTE__ALLOWED="true", **chosen)
    assert ran.code == 0
    assert ran.out.count("Paris") >= 2
    assert ran.err.count("cannot be reached") == 1
    assert "SmolLM2-135M-Instruct takes its place" in ran.err


def test_an_unknown_server_or_role_in_the_settings_is_named(duet_home: Path) -> None:
    assert "bug" in duet("ask", "Hello?", DUET_ROLES__CODE__MODEL="server:bug").refused(3)
    assert duet("ask", "Hello?", DUET_ASSISTANT__MODE="fastest").refused(3)
    assert "planing" in duet("settings", "set", "roles.planing.model", "x").refused(3)
