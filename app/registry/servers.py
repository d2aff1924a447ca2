"""The servers that the settings name: which one is meant, what would leave this machine for it, and whether it may.

Nothing here sends anything. A server counts as allowed only while `servers.NAME.allowed` (or `remote.allowed`) is
set, whether it is on this machine or on another; `app.assistant.permission` holds the worker to that.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import BadSetting
from app.settings import ServerSettings, Settings

REMOTE = "remote"
PREFIX = "server:"

LEAVES = ("your question", "the conversation so far", "the system prompt", "what tools and memory add to it")
"""What a model is shown, and so what leaves for a server that runs one."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the settings. `name` is "remote" or the NAME of `servers.NAME`."""

    name: str
    settings: ServerSettings

    @property
    def section(self) -> str:
        """The table of the settings that has it."""
        return REMOTE if self.name == REMOTE else f"servers.{self.name}"

    @property
    def host(self) -> str:
        """Host and port, without a user name or password that the URL may hold."""
        try:
            url = urlsplit(self.settings.base_url.strip())
            return f"{url.hostname}{f':{url.port}' if url.port else ''}" if url.hostname else "nowhere"
        except ValueError:
            return "nowhere"

    @property
    def question(self) -> str:
        """What the user is asked before the first use."""
        return (
            f"May Duet send {', '.join(LEAVES[:-1])} and {LEAVES[-1]} to {self.host} "
            f"for the model {self.settings.model}?"
        )

    @property
    def refusal(self) -> str:
        """What is said where nobody said yes."""
        return (
            f"Nothing was sent to {self.host}, because it is not allowed yet to have {', '.join(LEAVES[:-1])} and "
            f"{LEAVES[-1]}; to allow it: `duet settings set {self.section}.allowed true`"
        )


def is_server(reference: str) -> bool:
    """Whether a model reference means a server."""
    return reference == REMOTE or reference.startswith(PREFIX)


def find_server(settings: Settings, reference: str) -> Server:
    """The server that "remote" or "server:NAME" means.

    Raises `BadSetting` for one that the settings do not have, or that lacks its address or its model.
    """
    name = REMOTE if reference == REMOTE else reference.removeprefix(PREFIX)
    found = settings.remote if name == REMOTE else settings.servers.get(name)
    if found is None:
        close = difflib.get_close_matches(name, settings.servers, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise BadSetting(
            f"There is no server “{name}”{hint}; set one with `duet settings set servers.NAME.base_url URL` "
            "and servers.NAME.model."
        )
    server = Server(name, found)
    if not found.base_url.strip() or not found.model.strip():
        raise BadSetting(
            f"A model is set to {reference}: set {server.section}.base_url and {server.section}.model as well."
        )
    return server


def require_allowed(settings: Settings, reference: str) -> None:
    """Raises `BadSetting`, with the command that mends it, for a server that the user has not allowed."""
    if is_server(reference) and not (server := find_server(settings, reference)).settings.allowed:
        raise BadSetting(server.refusal)
