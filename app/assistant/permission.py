"""Whether the user's words may leave for a server, and how they are asked before they do for the first time.

The answer is kept in the settings, beside the address that it was given for. Where nobody can be asked the answer is
no. A server on this machine is treated like any other: who listens there is not Duet's to know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from app.assistant.chain import NotAllowed
from app.engines.worker.host import Worker
from app.engines.worker.replies import Request
from app.engines.worker.spec import WorkerSpec
from app.errors import DuetError
from app.events import EventBus, SendingAsked, SendingSettled
from app.registry.servers import LEAVES, Server
from app.settings import default_settings_path, flatten, load, set_value

log = logging.getLogger(__name__)

PATIENCE_S = 120.0
"""How long a question stands; unanswered it means no for this turn, and the next one asks again."""


class Permission:
    """Whether anything may leave for one server.

    asks: whether somebody can be asked. keep: called with the server when the user said yes.
    """

    def __init__(self, server: Server, bus: EventBus, *, asks: bool, keep: Callable[[Server], None]) -> None:
        self.server = server
        self.allowed = server.settings.allowed
        self._bus, self._asks, self._keep = bus, asks, keep
        self._answer: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def require(self) -> None:
        """Raises `NotAllowed`, with the command that allows it."""
        if not self.allowed:
            raise NotAllowed(self.server.refusal)

    async def ask(self) -> None:
        """Wait for the user's yes if it was never given. Raises `NotAllowed` without one."""
        if not self.allowed and self._asks:
            await asyncio.shield(self._answer or self._put())
        self.require()

    def _put(self) -> asyncio.Future[None]:
        """Ask. The answer may come before this returns."""
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()
        self._timer = loop.call_later(PATIENCE_S, self.settle, None)
        server = self.server
        self._bus.emit(
            SendingAsked(
                server=server.name,
                host=server.host,
                model=server.settings.model,
                leaves=LEAVES,
                question=server.question,
            )
        )
        return answer

    def settle(self, allowed: bool | None) -> bool:
        """The user's answer; None where there was none in time. A no counts until Duet is opened again.

        Whether it was waited for.
        """
        answer, self._answer = self._answer, None
        if answer is None:
            return False
        if self._timer is not None:
            self._timer.cancel()
        self.allowed = bool(allowed)
        self._asks = allowed is None
        answer.set_result(None)
        self._bus.emit(SendingSettled(server=self.server.name, allowed=allowed))
        if self.allowed:
            self._keep(self.server)
        return True


class Permissions:
    """One permission for each server that is used; `settle` brings the user's answer to the one that asked."""

    def __init__(self, bus: EventBus, *, asks: bool, keep: Callable[[Server], None] | None = None) -> None:
        self._bus, self._asks = bus, asks
        self._keep = keep or keep_in_settings
        self._all: dict[str, Permission] = {}

    def of(self, server: Server) -> Permission:
        if server.name not in self._all:
            self._all[server.name] = Permission(server, self._bus, asks=self._asks, keep=self._keep)
        return self._all[server.name]

    def settle(self, server: str, allowed: bool) -> bool:
        """Whether the answer for the server of that name was waited for."""
        return server in self._all and self._all[server].settle(allowed)


class ServerWorker(Worker):
    """The worker of a model on a server. It does not even connect before that server is allowed."""

    def __init__(self, spec: WorkerSpec, bus: EventBus, permission: Permission, *, logs: Path | None = None) -> None:
        super().__init__(spec, bus, logs=logs)
        self._permission = permission

    async def start(self) -> None:
        self._permission.require()
        await super().start()

    async def replace(self, spec: WorkerSpec) -> None:
        self._permission.require()
        await super().replace(spec)

    def submit(self, request: Request) -> None:
        self._permission.require()
        super().submit(request)


def keep_in_settings(server: Server) -> None:
    """Write the yes into the settings file, if the address that it was given for stands there too."""
    try:
        loaded = load()
        addresses: Mapping[str, object] = flatten(loaded.settings)
        key = f"{server.section}.base_url"
        if loaded.origin(key) == "file" and addresses.get(key) == server.settings.base_url:
            set_value(default_settings_path(), f"{server.section}.allowed", "true")
    except DuetError as error:
        log.warning("the permission for %s counts for this run only: %s", server.host, error)
