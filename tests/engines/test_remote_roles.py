"""A running Duet whose models are on servers: what leaves and when, and what becomes of a server that fails.

The workers, the starter model and the HTTP server are real.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app import events
from app.assistant.runtime import Duet, Wants, open_duet
from app.errors import BadSetting
from app.events import Event, EventBus, SendingAsked, to_json
from app.settings import load, set_value
from tests.makers.chat_server import Handler, Server, chat_server, echo, error, garbage, good, nonsense, saying, stall

E = TypeVar("E", bound=Event)

KEY = "sk-very-secret-456"
STARTER = "SmolLM2-135M-Instruct"
QUESTION = "What is the capital of France?"


@pytest.fixture
def server() -> Iterator[Server]:
    with chat_server() as made:
        yield made


class Seen:
    """Everything that happened, and what a user would answer when asked."""

    def __init__(self, answer: bool | None = None) -> None:
        self.events: list[Event] = []
        self.answer = answer
        self.duet: Duet | None = None
        self.asked = asyncio.Event()

    def take(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, SendingAsked):
            self.asked.set()
            if self.answer is not None:
                assert self.duet is not None
                self.duet.allow_server(event.server, self.answer)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]


def configure(file: Path, url: str, part: str, **values: object) -> None:
    """Let the server play `part`, "fast" or "planner"."""
    known = {"base_url": url, "model": "large", "retries": 0, "timeout_s": 20, "allowed": True}
    for name, value in {**known, **values}.items():
        set_value(file, f"servers.big.{name}", str(value))
    set_value(file, f"models.{part}", "server:big")


@asynccontextmanager
async def opened(file: Path, seen: Seen, *, planner: bool, asks: bool = False) -> AsyncIterator[Duet]:
    bus = EventBus()
    bus.subscribe(seen.take)
    async with open_duet(load(file).settings, wants=Wants(planner=planner, asks=asks), bus=bus) as duet:
        seen.duet = duet
        yield duet


@pytest.fixture
def file(duet_home: Path) -> Path:
    return duet_home / "settings.toml"


# -- permission --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["fast", "planner"])
async def test_where_nobody_can_be_asked_nothing_leaves_and_nothing_starts(
    file: Path, server: Server, part: str
) -> None:
    configure(file, server.url, part, allowed=False)
    with pytest.raises(BadSetting, match=r"duet settings set servers\.big\.allowed true"):
        async with opened(file, Seen(), planner=True):
            raise AssertionError("it opened")
    assert server.headers == []


async def test_a_yes_is_asked_for_before_the_first_use_and_kept(file: Path, server: Server) -> None:
    configure(file, server.url, "fast", allowed=False)
    seen = Seen()
    async with opened(file, seen, planner=False, asks=True) as duet:
        await duet.start_workers()  # as a window does when it opens
        await duet.assistant.warm(QUESTION)  # as spoken words do while they are heard
        assert duet.workers["fast"].state == "stopped"
        assert server.headers == []
        turn = asyncio.create_task(duet.ask(QUESTION))
        await seen.asked.wait()
        (asked,) = seen.of(SendingAsked)
        assert (asked.server, asked.host) == ("big", f"127.0.0.1:{server.server_port}")
        assert "the conversation so far" in asked.leaves
        assert asked.host in asked.question
        assert server.headers == []
        assert duet.allow_server("big", True)
        assert (await turn).answer == "Hello there"
        await duet.ask("And of Italy?")
        assert not duet.allow_server("big", True)
    assert len(seen.of(SendingAsked)) == len(seen.of(events.SendingSettled)) == 1
    assert load(file).settings.servers["big"].allowed
    async with opened(file, Seen(), planner=False) as duet:
        assert (await duet.ask(QUESTION)).answer == "Hello there"


async def test_a_no_counts_until_duet_is_opened_again_and_someone_stands_in(file: Path, server: Server) -> None:
    configure(file, server.url, "fast", allowed=False)
    seen = Seen(answer=False)
    async with opened(file, seen, planner=False, asks=True) as duet:
        for _ in range(2):
            assert "Paris" in (await duet.ask(QUESTION)).answer
    assert server.headers == []
    assert len(seen.of(SendingAsked)) == len(seen.of(events.Warning)) == 1
    assert not load(file).settings.servers["big"].allowed


async def test_a_yes_is_not_kept_for_an_address_that_only_the_environment_has(
    file: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(file, "http://127.0.0.1:9/v1", "fast", allowed=False)
    monkeypatch.setenv("DUET_SERVERS__BIG__BASE_URL", server.url)
    async with opened(file, Seen(answer=True), planner=False, asks=True) as duet:
        assert (await duet.ask(QUESTION)).answer == "Hello there"
    monkeypatch.delenv("DUET_SERVERS__BIG__BASE_URL")
    assert not load(file).settings.servers["big"].allowed


# -- servers that fail -------------------------------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (error(500, "out of memory"), "failed (500)"),
        (error(503), "failed (503)"),
        (error(401), "refused the key"),
        (garbage, "no OpenAI-compatible stream"),
        (nonsense, "broke off"),
        (lambda h: h.server.over.wait(60), "sent nothing for 0.5 seconds"),
    ],
    ids=["500", "503", "401", "bad JSON", "a web page", "silence"],
)
async def test_a_server_that_fails_is_replaced_and_said_once(
    file: Path, server: Server, reply: Callable[[Handler], None], says: str
) -> None:
    server.replies = [reply]
    configure(file, server.url, "fast", timeout_s=0.5)
    seen = Seen()
    async with opened(file, seen, planner=False) as duet:
        for _ in range(3):
            turn = await duet.ask(QUESTION)
            assert "Paris" in turn.answer
            assert turn.answer_model == STARTER
        assert says in seen.of(events.FellBack)[0].why
        assert len(seen.of(events.Warning)) == 1
        asked = len(server.requests)
        server.replies = [good]
        duet.assistant.parts.track_for("dialogue").health.rests_until = 0.0  # its rest is over
        assert (await duet.ask(QUESTION)).answer_model == "large"
        assert len(server.requests) == asked + 1
        assert [event.model for event in seen.of(events.CameBack)] == ["large"]


@pytest.mark.parametrize(("scheme", "says"), [("http", "cannot be reached"), ("https", "no secure connection")])
async def test_a_server_that_cannot_be_connected_to(file: Path, server: Server, scheme: str, says: str) -> None:
    port = closed_port() if scheme == "http" else server.server_port  # which speaks no TLS
    configure(file, f"{scheme}://127.0.0.1:{port}/v1", "fast")
    seen = Seen()
    async with opened(file, seen, planner=False) as duet:
        for _ in range(2):
            assert "Paris" in (await duet.ask(QUESTION)).answer
    assert len(seen.of(events.Warning)) == 1
    fell = seen.of(events.FellBack)[0]
    assert says in fell.why
    assert "servers.big.base_url" in fell.why


async def test_a_planner_on_a_server_thinks_and_falls_back(file: Path, server: Server) -> None:
    server.replies = [saying("The capital of France is Lyon.")]
    configure(file, server.url, "planner")
    seen = Seen()
    async with opened(file, seen, planner=True) as duet:
        turn = await duet.ask(QUESTION)
        assert (turn.verdict, turn.refinement_model) == ("correct", "large")
        assert QUESTION in str(server.requests[0]["messages"])
        server.replies = [error(500)]
        turn = await duet.ask("What is the capital of Italy?")
        assert turn.verdict in ("agree", "add", "correct")
        assert turn.refinement_model == STARTER
        stand_in = duet.workers["planner-smollm2-135m-instruct"]
        await stand_in.stop()  # as when nobody needed it for a while
        assert (await duet.ask("What is the capital of Spain?")).refinement_model == STARTER
        assert stand_in.state in ("ready", "busy")
    assert {event.role for event in seen.of(events.FellBack)} == {"planning"}  # a slow machine tries it again meanwhile
    assert len(seen.of(events.Warning)) == 1


async def test_a_server_that_breaks_off_in_mid_answer_is_not_continued_by_another(file: Path, server: Server) -> None:
    server.replies = [stall]
    configure(file, server.url, "fast", timeout_s=0.5)
    seen = Seen()
    async with opened(file, seen, planner=False) as duet:
        turn = await duet.ask(QUESTION)
    assert turn.state == "failed"
    assert turn.answer.startswith("Hello")
    assert "Paris" not in turn.answer
    assert seen.of(events.FellBack) == []


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("while_loading", [False, True])
async def test_the_key_is_in_one_header_and_nowhere_else(
    file: Path,
    server: Server,
    duet_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    while_loading: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DUET_KEY_BIG", KEY)
    server.replies = [echo]
    if while_loading:
        monkeypatch.setattr(Handler, "do_GET", lambda h: (h.server.headers.append(dict(h.headers)), echo(h)))
    configure(file, server.url, "fast")
    set_value(file, "roles.dialogue.fallbacks", "none")
    seen = Seen()
    async with opened(file, seen, planner=False) as duet:
        turn = await duet.ask(QUESTION)
    assert turn.state == "failed"
    assert any(KEY in str(headers) for headers in server.headers)
    told: list[Any] = [to_json(event) for event in seen.events]
    assert "***" in str(told)  # the server's words were told, without the key
    assert KEY not in str(told)
    assert KEY not in caplog.text
    kept = files_below(duet_home)
    assert any(name.endswith("worker-fast.log") for name in kept)
    assert not any(KEY.encode() in content for content in kept.values())


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -- workers -----------------------------------------------------------------------------------------------------------


async def test_roles_share_a_worker_unless_they_are_on_different_tracks(file: Path, server: Server) -> None:
    configure(file, server.url, "planner")
    set_value(file, "models.fast", "server:big")
    set_value(file, "roles.summary.model", "starter")
    set_value(file, "roles.tools.model", "starter")
    async with opened(file, Seen(), planner=True) as duet:
        tracks = {role: duet.assistant.parts.track_for(role) for role in ("dialogue", "planning", "code", "summary")}
        names = {role: track.client.worker.name for role, track in tracks.items()}
        assert names == {
            "dialogue": "fast",
            "planning": "planner",
            "code": "planner",
            "summary": "planner-smollm2-135m-instruct",
        }
        assert duet.assistant.parts.track_for("tools").client.worker is tracks["summary"].client.worker
        assert tracks["dialogue"].health is tracks["code"].health  # a server that is gone is gone for all
        assert {name: worker.state for name, worker in duet.workers.items()} == dict.fromkeys(duet.workers, "stopped")


async def test_light_has_no_second_thought_and_no_worker_for_one(file: Path) -> None:
    set_value(file, "assistant.mode", "light")
    seen = Seen()
    async with opened(file, seen, planner=True) as duet:
        turn = await duet.ask(QUESTION)
        assert turn.verdict == "skipped"
        assert duet.workers["planner"].state == "stopped"
        assert duet.assistant.parts.fast.sampling.max_tokens == 96
        assert (await duet.think_again(turn.id)).verdict in ("agree", "add", "correct")  # for who asks for it
