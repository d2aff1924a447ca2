"""Makes the tracks of all roles, and the workers behind them: of one model on one track of a turn there is one worker.

The primaries of dialogue and planning have the workers "fast" and "planner", which stay. All others are started when
they are needed and stopped when they were not for a while. Decides nothing about turns.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.assistant.chain import Chain, Health
from app.assistant.parts import Track
from app.assistant.permission import Permission, Permissions, ServerWorker
from app.assistant.planner import SAMPLES
from app.engines.language.base import Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.api import Calls
from app.engines.worker.host import Worker
from app.errors import DuetError
from app.events import EventBus
from app.memory.context import Context
from app.registry.profiles import LanguageProfile, model_profile
from app.registry.roles import Cast, Lane, cast, mode, model_name
from app.registry.servers import find_server, is_server
from app.settings import ROLES, Settings

log = logging.getLogger(__name__)

IDLE_S = 300.0
"""An extra worker that nobody used for this long is stopped: it holds a whole model in memory."""


class Spare:
    """Stops a worker once nobody has used it for `idle_s`; its next use starts it again."""

    def __init__(self, worker: Calls, idle_s: float = IDLE_S) -> None:
        self._worker, self._idle_s = worker, idle_s
        self._users = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Task[None] | None = None

    @contextmanager
    def use(self) -> Iterator[None]:
        """The worker is needed while the block runs. Uses nest and overlap freely."""
        if self._timer is not None:
            self._timer.cancel()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._timer = asyncio.get_running_loop().call_later(self._idle_s, self._stop)

    def _stop(self) -> None:
        log.info("%s was not needed for %.0f s and is stopped", self._worker.name, self._idle_s)
        self._stopping = asyncio.get_running_loop().create_task(self._worker.stop())


@dataclass(slots=True)
class Casting:
    """The tracks of a running Duet (`app.assistant.parts.Roles`).

    workers: by name, shared with the rest of Duet, which stops them in the end; new ones are added here.
    thinks: whether the planner thinks again by itself, and so has a worker that stays.
    """

    settings: Settings
    bus: EventBus
    permissions: Permissions
    workers: dict[str, Worker]
    logs: Path
    thinks: bool
    _casts: dict[str, Cast] = field(init=False)
    _chains: dict[str, Chain] = field(default_factory=dict, init=False)
    _names: dict[tuple[Lane, str], str] = field(init=False)
    _spares: dict[str, Spare] = field(default_factory=dict, init=False)
    _healths: dict[str, Health] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Raises `BadSetting` where a role names a server that there is not."""
        self._casts = {role: cast(self.settings, role) for role in ROLES}
        self._names = {
            ("fast", self._casts["dialogue"].models[0]): "fast",
            ("planner", self._casts["planning"].models[0]): "planner",
        }

    def chain(self, role: str) -> Chain:
        if role not in self._chains:
            who = self._casts.get(role) or cast(self.settings, role)
            self._chains[role] = Chain(role, self._tracks(who))
        return self._chains[role]

    def tracks(self) -> Sequence[Track]:
        return [track for chain in self._chains.values() for track in chain.tracks]

    def _tracks(self, who: Cast) -> list[Track]:
        made = [self._track(who, who.models[0])]
        for reference in who.models[1:]:
            try:
                made.append(self._track(who, reference))
            except DuetError as error:  # a stand-in that cannot be is no reason to do without the role
                log.warning("nobody stands in for %s as %s: %s", who.role, reference, error)
        return made

    def _track(self, who: Cast, reference: str) -> Track:
        name = self._name(who.lane, reference)
        profile = model_profile(self.settings, reference, who.lane, name)
        worker = self._worker(name, profile, reference)
        stays = name == "fast" or (name == "planner" and self.thinks)
        recipe, system = profile.recipe, profile.recipe.system
        if who.lane == "fast" and self.settings.assistant.system_prompt:
            system = self.settings.assistant.system_prompt
        return Track(
            client=LanguageClient(worker),
            context=Context(system, 0, recipe.examples),
            sampling=sampling(recipe.sampling, who),
            deadline_s=who.deadline_s,
            adapters=profile.adapters,
            first_token_s=who.first_token_s,
            thoughts=mode(self.settings).second_thoughts or SAMPLES,
            health=self._healths.setdefault(reference if is_server(reference) else name, Health()),
            permit=self._permission(reference).ask if is_server(reference) else None,
            in_use=nullcontext if stays else self._spares.setdefault(name, Spare(worker)).use,
        )

    def _worker(self, name: str, profile: LanguageProfile, reference: str) -> Worker:
        if name not in self.workers:
            if is_server(reference):
                permission = self._permission(reference)
                self.workers[name] = ServerWorker(profile.spec, self.bus, permission, logs=self.logs)
            else:
                self.workers[name] = Worker(profile.spec, self.bus, logs=self.logs)
        return self.workers[name]

    def _permission(self, reference: str) -> Permission:
        return self.permissions.of(find_server(self.settings, reference))

    def _name(self, lane: Lane, reference: str) -> str:
        """What the worker of a model on a track is called: a name for people that a log file can have as well."""
        if (lane, reference) not in self._names:
            word = re.sub(r"[^a-z0-9]+", "-", model_name(self.settings, reference).lower()).strip("-")[:40] or "model"
            taken, name, number = set(self._names.values()), f"{lane}-{word}", 2
            while name in taken:
                name, number = f"{lane}-{word}-{number}", number + 1
            self._names[lane, reference] = name
        return self._names[lane, reference]


def sampling(recipe: Sampling, who: Cast) -> Sampling:
    """How a model of this recipe is sampled: the user's figures, or the recipe's within the bounds of the mode."""
    temperature = recipe.temperature if who.most_temperature is None else min(recipe.temperature, who.most_temperature)
    tokens = recipe.max_tokens if who.most_tokens is None else min(recipe.max_tokens, who.most_tokens)
    return replace(
        recipe,
        temperature=temperature if who.temperature is None else who.temperature,
        max_tokens=tokens if who.max_tokens is None else who.max_tokens,
    )
