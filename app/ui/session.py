"""What the window needs of a running assistant, as protocols. Knows no Qt and starts nothing.

The real one is `app.ui.duet`; tests bring their own, whose events are true and whose words are scripted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from app.events import EventBus, WorkerState
from app.settings import WayIn
from app.store.calls import ToolCall


class WorkerView(Protocol):
    """What the window shows of a worker."""

    @property
    def model(self) -> str: ...

    @property
    def state(self) -> WorkerState: ...

    @property
    def cause(self) -> str | None: ...


class StoredConversation(Protocol):
    """A conversation of the list. `updated_at` is ISO-8601 in UTC; `turns` counts them."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def updated_at(self) -> str: ...

    @property
    def turns(self) -> int: ...


class StoredTurn(Protocol):
    """What the transcript shows of a turn on disk."""

    @property
    def id(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def answer(self) -> str: ...

    @property
    def answer_model(self) -> str: ...

    @property
    def first_token_ms(self) -> float | None: ...

    @property
    def verdict(self) -> str | None: ...

    @property
    def refinement(self) -> str: ...

    @property
    def refinement_model(self) -> str | None: ...

    @property
    def refinement_ms(self) -> float | None: ...

    @property
    def refinement_why(self) -> str: ...

    @property
    def tools(self) -> Sequence[str]: ...

    @property
    def calls(self) -> Sequence[ToolCall]: ...

    @property
    def kept(self) -> str: ...


class SoundFinding(Protocol):
    """One thing that the test of the sound devices looked at; `mend` says what to do where it is not `ok`."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def mend(self) -> str | None: ...


class History(Protocol):
    """The part of the store that the window reads. Called on helper threads, never on the window's."""

    def conversations(self, limit: int = 200) -> Sequence[StoredConversation]: ...

    def turns(self, conversation: str) -> Sequence[StoredTurn]: ...


class Session(Protocol):
    """What the window needs of a running assistant. All methods belong to the assistant's loop."""

    @property
    def bus(self) -> EventBus: ...

    @property
    def store(self) -> History: ...

    @property
    def workers(self) -> Mapping[str, WorkerView]: ...

    def select(self, conversation: str) -> None:
        """Make `conversation` the one that spoken turns join."""

    def new_conversation(self) -> str:
        """Begin a conversation, make it the current one and return its id."""

    async def ask(self, text: str, *, conversation: str, planner: bool | None = None) -> object:
        """Run a typed turn to its end. Raises `DuetError` when there cannot be one.

        planner: whether it is thought over; None as the settings have it.
        """

    async def think_again(self, turn: str) -> object:
        """Have the last answer of the current conversation thought over once more. Raises `DuetError`."""

    async def keep(self, turn: str, which: Literal["first", "refined"]) -> object:
        """Choose which of a turn's two answers counts from now on. Raises `DuetError`."""

    async def allow(self, allowed: bool) -> object | None:
        """Answer what a tool asked, as the user's words would; None where nothing was asked."""

    async def use_planner(self, wanted: bool) -> None:
        """Whether turns from now on are thought over, kept in the settings. Raises `DuetError`."""

    def allow_server(self, server: str, allowed: bool) -> None:
        """The user's answer to a `SendingAsked`."""

    def stop(self) -> None:
        """Stop answer, speech and planner now."""

    async def listen(self) -> None:
        """Hold the conversation by voice until `stop_listening`. Raises `EngineUnavailable` without a microphone."""

    async def stop_listening(self) -> None: ...

    def mute(self, muted: bool) -> None:
        """Close the microphone, whatever is going on, or open it again."""

    def key(self, down: bool) -> None:
        """The key to talk goes down or comes up; it counts from the moment that `listen` begins."""

    async def choose_way_in(self, way_in: WayIn, wake_words: str) -> None:
        """Another way in, kept in the settings. Raises `DuetError`, and changes nothing then."""

    async def delete(self, conversation: str) -> None:
        """Delete a conversation for good; what it was answering is stopped first."""

    async def test_sound(self, progress: Callable[[str, float], object]) -> Sequence[SoundFinding]:
        """Try microphone and speaker, about ten seconds; nobody is heard meanwhile.

        progress: called with "listen", "listen elsewhere" or "play" and how many seconds that takes.
        """

    def sound_problem(self) -> str | None:
        """Why there is no microphone here, and what mends it, in one sentence; may take a moment."""


SessionFactory = Callable[[], AbstractAsyncContextManager[Session]]
"""Opens a session on the assistant's loop; leaving the context ends its workers."""
