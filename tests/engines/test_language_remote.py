"""The remote engine against servers that misbehave, and what it sends. Its good days are in the conformance tests."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.engines.job import NullJob
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.remote import RemoteEngine
from app.errors import BadInput, BadSetting, Cancelled, EngineUnavailable
from tests.engines.language_help import DEADLINE_S, ControlledJob, run
from tests.makers.chat_server import (
    Handler,
    Server,
    chat_server,
    cut,
    endless,
    error,
    garbage,
    good,
    nonsense,
    stall,
)

KEY = "sk-very-secret-123"
ASK = (Message("user", "Hi"),)
JOB = NullJob()


@pytest.fixture
def server() -> Iterator[Server]:
    with chat_server() as made:
        yield made


@contextmanager
def engine(server: Server, **options: Any) -> Iterator[RemoteEngine]:
    made = RemoteEngine(**({"base_url": server.url, "key": KEY, "retries": 0} | options))
    try:
        yield made
    finally:
        made.close()


def failure(server: Server, **options: Any) -> str:
    with engine(server, **options) as remote, pytest.raises(EngineUnavailable) as caught:
        run(remote, ASK)
    sentence = str(caught.value)
    assert KEY not in sentence
    assert "\n" not in sentence
    return sentence


def test_it_reports_the_servers_own_token_counts(server: Server) -> None:
    with engine(server) as remote:
        result = run(remote, ASK)[1]
    assert (result.text, result.finish) == ("Hello there", "stop")
    assert (result.prompt_tokens, result.tokens) == (9, 2)


def test_the_key_goes_into_one_header_and_nothing_of_the_environment_goes_along(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-someone")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-someone")
    caplog.set_level(logging.DEBUG)
    with engine(server) as remote:
        run(remote, ASK)
    with engine(server, key=None) as remote:
        run(remote, ASK)
    assert server.headers[1]["authorization"] == f"Bearer {KEY}"
    assert not any("of-someone" in value for headers in server.headers for value in headers.values())
    assert not any(name.startswith("x-stainless-os") for headers in server.headers for name in headers)
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "refused the key"), (403, "refused the key"), (404, "does not know the model"), (429, "no more requests"),
     (500, "failed (500)"), (418, "refused the request (418)")],
)  # fmt: skip
def test_each_refusal_has_its_sentence(server: Server, status: int, says: str) -> None:
    server.replies = [error(status, f"oh no {KEY}")]
    assert says in failure(server)


@pytest.mark.parametrize(
    ("reply", "says"), [(cut, "broke off"), (garbage, "no OpenAI-compatible stream"), (nonsense, "broke off")]
)
def test_a_broken_stream_has_its_sentence(server: Server, reply: Callable[[Handler], None], says: str) -> None:
    server.replies = [reply]
    assert says in failure(server)


def test_a_stall_ends_after_the_timeout(server: Server) -> None:
    server.replies = [stall]
    assert "sent nothing for 0.3 seconds" in failure(server, timeout_s=0.3)


def test_a_failed_request_is_tried_again_before_the_first_token(server: Server) -> None:
    server.replies = [error(503), error(429, retry_after="0.01"), good]
    with engine(server, retries=2) as remote:
        assert run(remote, ASK)[1].text == "Hello there"
    assert len(server.requests) == 3


def test_a_stream_that_broke_is_not_tried_again(server: Server) -> None:
    server.replies = [cut, good]
    assert "broke off" in failure(server, retries=3)
    assert len(server.requests) == 1


def test_a_refused_key_is_not_tried_again(server: Server) -> None:
    server.replies = [error(401)]
    failure(server, retries=3)
    assert len(server.requests) == 1


def test_a_text_that_the_server_finds_too_long_is_bad_input(server: Server) -> None:
    server.replies = [error(400, "This model's maximum context length is 4096 tokens")]
    with engine(server) as remote, pytest.raises(BadInput, match="too long"):
        run(remote, ASK)


def test_it_learns_what_the_server_does_not_know(server: Server) -> None:
    def picky(h: Handler) -> None:
        asked = h.server.requests[-1]
        refused = {"stream_options", "top_k", "max_tokens"} & set(asked)
        if "max_tokens" in refused:
            error(400, "use max_completion_tokens instead")(h)
        elif refused:
            error(422, f"unknown: {refused}")(h)
        else:
            good(h)

    server.replies = [picky]
    with engine(server) as remote:
        for _ in range(2):
            assert run(remote, ASK, sampling=Sampling(top_k=3, seed=4))[1].text == "Hello there"
    assert len(server.requests) == 5
    assert server.requests[-1]["max_completion_tokens"] == 256
    assert server.requests[0]["seed"] == 4


def test_a_schema_is_asked_for_and_checked_here(server: Server) -> None:
    server.replies = [good]
    with engine(server) as remote, pytest.raises(EngineUnavailable, match="no JSON"):
        run(remote, ASK, schema={"type": "object"})
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_thinking_comes_apart_under_either_name_and_in_tags(server: Server) -> None:
    def thinking(h: Handler) -> None:
        h.begin()
        h.chunk({"reasoning_content": "one "})
        h.chunk({"reasoning": "two "})
        h.chunk({"content": "<thi"})
        h.chunk({"content": "nk>three</think> Yes"})
        h.chunk({}, "length")

    server.replies = [thinking]
    with engine(server) as remote:
        deltas, result = run(remote, ASK)
    assert (result.thinking, result.text, result.finish) == ("one two three", "Yes", "length")
    assert [d.text for d in deltas if not d.thinking] == ["Yes"]


def test_a_cancel_takes_effect_while_the_server_is_silent_and_closes_the_connection(server: Server) -> None:
    server.replies = [stall]
    job = ControlledJob()
    with engine(server) as remote:
        stream = remote.generate(GenerateRequest(messages=ASK), job)
        assert next(stream).text == "Hello"
        threading.Timer(0.05, job.cancel).start()
        with pytest.raises(Cancelled):
            next(stream)


def test_a_cancel_stops_the_server_too(server: Server) -> None:
    server.replies = [endless]
    job = ControlledJob()
    with engine(server) as remote:
        stream = remote.generate(GenerateRequest(messages=ASK), job)
        next(stream)
        job.cancel()
        with pytest.raises(Cancelled):
            for _ in stream:
                pass
        assert server.gone.wait(DEADLINE_S)


def test_a_cancel_ends_the_waiting_between_tries(server: Server) -> None:
    server.replies = [error(503, retry_after="8")]
    job = ControlledJob()
    with engine(server, retries=5) as remote:
        threading.Timer(0.05, job.cancel).start()
        before = time.monotonic()
        with pytest.raises(Cancelled):
            run(remote, ASK, job)
        assert time.monotonic() - before < 6


def test_a_server_that_is_away_is_told_while_loading() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineUnavailable, match=f"127.0.0.1:{port} cannot be reached"):
        RemoteEngine(base_url=f"http://127.0.0.1:{port}/v1")


def test_a_refused_key_is_told_while_loading(server: Server) -> None:
    server.models_status = 401
    with pytest.raises(EngineUnavailable, match="refused the key"):
        RemoteEngine(base_url=server.url, key=KEY)


def test_a_server_without_a_list_needs_a_model(server: Server) -> None:
    server.models_status = 404
    with pytest.raises(BadSetting, match=r"remote\.model"):
        RemoteEngine(base_url=server.url)
    with engine(server, model="mine") as remote:
        assert remote.info(JOB).name == "mine"


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "ftp://host/", "http://", "http://[bad"])
def test_a_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(BadSetting, match="base_url"):
        RemoteEngine(base_url=url)


def test_it_has_no_tokens_to_show(server: Server) -> None:
    with engine(server) as remote, pytest.raises(EngineUnavailable, match="local model"):
        remote.tokenize("text", JOB)
