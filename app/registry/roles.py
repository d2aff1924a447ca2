"""Roles of language models: who plays each in which mode, who stands in, and how they are asked.

The modes are data (`models/profiles.toml`); the user's settings count before them. Says which models are meant, by
reference; what runs them is `app.registry.profiles`, and what becomes of a failure is decided in `app.assistant.chain`.
"""

from __future__ import annotations

import difflib
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.errors import BadInput
from app.files import recipe_file
from app.registry.servers import find_server, is_server
from app.settings import ROLES, Settings

STARTER = "starter"

STARTER_NAME = "SmolLM2-135M-Instruct"
"""What people call the starter model."""

Lane = Literal["fast", "planner"]
"""Which track of a turn a worker belongs to. Tracks share no worker: one stands still while the other runs."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RoleProfile(_Data):
    """One role in one mode; the file says what the figures mean. Times in s."""

    model: str
    fallbacks: tuple[str, ...] = ()
    temperature: float | None = Field(None, ge=0)
    max_tokens: int | None = Field(None, ge=1)
    first_token_s: float | None = Field(None, gt=0)
    deadline_s: float = Field(gt=0)


class Weights(_Data):
    """How much each part of a score counts; `app.registry.scores` has the formula."""

    quality: float = Field(ge=0)
    reliability: float = Field(ge=0)
    latency: float = Field(ge=0)
    cost: float = Field(ge=0)


class ModeProfile(_Data):
    """A mode: what it is for, and a profile for each role."""

    about: str
    second_thoughts: int = Field(ge=0, le=9)
    weights: Weights
    dialogue: RoleProfile
    planning: RoleProfile
    code: RoleProfile
    summary: RoleProfile
    tools: RoleProfile

    def role(self, name: str) -> RoleProfile:
        found: RoleProfile = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays a role, and how they are asked.

    models: references ("starter", "remote", "server:NAME", a path), the primary first, none twice.
    temperature, max_tokens: what the user set, which replaces a recipe's own; None where nothing was set.
    most_temperature, most_tokens: the mode's bounds on what a recipe says; None for no bound.
    first_token_s: longest silence before the first token; None for no bound. deadline_s: for the whole. In s.
    """

    role: str
    models: tuple[str, ...]
    temperature: float | None
    max_tokens: int | None
    most_temperature: float | None
    most_tokens: int | None
    first_token_s: float | None
    deadline_s: float

    @property
    def lane(self) -> Lane:
        return lane(self.role)


def lane(role: str) -> Lane:
    """The track that a role works on: dialogue answers at once, the others think in the background."""
    return "fast" if role == "dialogue" else "planner"


@functools.cache
def modes() -> Mapping[str, ModeProfile]:
    """The modes that come with the program."""
    with recipe_file("profiles.toml").open("rb") as file:
        return TypeAdapter(dict[str, ModeProfile]).validate_python(tomllib.load(file))


def mode(settings: Settings) -> ModeProfile:
    """The mode that the settings chose."""
    return modes()[settings.assistant.mode]


def cast(settings: Settings, role: str) -> Cast:
    """Who plays `role`. Raises `BadInput` for a role that there is not, `BadSetting` for an unknown server."""
    profile, chosen = mode(settings).role(check_role(role)), getattr(settings.roles, role)
    fallbacks = profile.fallbacks
    if chosen.fallbacks.strip():
        given = tuple(part.strip() for part in chosen.fallbacks.split(",") if part.strip())
        fallbacks = () if given == ("none",) else given
    primary = resolve(settings, chosen.model.strip() or profile.model)
    if role in ("dialogue", "planning") and chosen.model.strip():
        primary = _of_models(settings, chosen.model.strip())
    models = [primary, *(resolve(settings, reference) for reference in fallbacks)]
    for reference in models:
        if is_server(reference):
            find_server(settings, reference)
    return Cast(
        role=role,
        models=tuple(dict.fromkeys(models)),
        temperature=chosen.temperature,
        max_tokens=chosen.max_tokens,
        most_temperature=profile.temperature,
        most_tokens=profile.max_tokens,
        first_token_s=profile.first_token_s,
        deadline_s=chosen.deadline_s or profile.deadline_s,
    )


def check_role(role: str) -> str:
    """The role as it is. Raises `BadInput` for one that there is not."""
    if role not in ROLES:
        close = difflib.get_close_matches(role, ROLES, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise BadInput(f"There is no role “{role}”{hint}; there are {', '.join(ROLES)}.")
    return role


def resolve(settings: Settings, reference: str) -> str:
    """What a reference stands for: "fast" and "planner" are whoever plays dialogue and planning."""
    own = {"fast": settings.roles.dialogue.model, "planner": settings.roles.planning.model}.get(reference, "")
    return _of_models(settings, own.strip() or reference)


def _of_models(settings: Settings, reference: str) -> str:
    """As the section `models` has it: what the two words mean where dialogue and planning are themselves set to one."""
    return {"fast": settings.models.fast, "planner": settings.models.planner}.get(reference, reference)


def model_name(settings: Settings, reference: str) -> str:
    """What people call the model of a reference. Raises `BadSetting` for an unknown server."""
    if reference == STARTER:
        return STARTER_NAME
    return find_server(settings, reference).settings.model if is_server(reference) else Path(reference).stem
