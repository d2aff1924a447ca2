"""The settings of language models: which one plays which part or role, and the servers that may run some of them."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from app.settings.section import Section

Mode = Literal["light", "balanced", "best"]

SERVER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Lower case, since names also come from variables of the environment, and what file names may hold."""


class ModelSettings(Section):
    """Which model plays which part.

    "starter", the path of a GGUF file, "remote" (the section `remote`) or "server:NAME" (the section `servers.NAME`).
    """

    fast: str = Field("starter", description="the model that answers at once")
    planner: str = Field("starter", description="the model that thinks again in the background")
    fast_context: int = Field(4096, ge=512, le=1_048_576, description="tokens of context of the fast model")
    planner_context: int = Field(4096, ge=512, le=1_048_576, description="tokens of context of the planner")
    adapter: str = Field("", description="a LoRA file (GGUF) for the fast model, or nothing")


class ServerSettings(Section):
    """An OpenAI-compatible server. Its key is kept in the system's keyring, never here."""

    base_url: str = Field(
        "", description="for example http://127.0.0.1:8080/v1; nothing is ever sent while it is empty"
    )
    model: str = Field("", description="the model's name on that server")
    context: int = Field(8192, ge=512, description="tokens of context that the server gives")
    timeout_s: float = Field(60.0, gt=0, description="longest wait for a reply")
    retries: int = Field(2, ge=0, le=10, description="how often a failed request is tried again")
    allowed: bool = Field(
        False, description="whether questions, history and prompts may go there; another base_url needs a new yes"
    )


class RoleSettings(Section):
    """What differs from the mode's choice for one role; what is empty does not differ."""

    model: str = Field("", description="the model of this role; empty for the mode's choice")
    fallbacks: str = Field("", description='who stands in, in order, with commas between; "none" for nobody')
    temperature: float | None = Field(None, ge=0.0, le=2.0, description="0 for always the likeliest word")
    max_tokens: int | None = Field(None, ge=1, le=1_048_576, description="longest answer, in tokens")
    deadline_s: float | None = Field(None, gt=0, description="longest time, in seconds")

    @field_validator("temperature", "max_tokens", "deadline_s", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value


class RolesSettings(Section):
    """One table for each role of a language model."""

    dialogue: RoleSettings = RoleSettings()
    planning: RoleSettings = RoleSettings()
    code: RoleSettings = RoleSettings()
    summary: RoleSettings = RoleSettings()
    tools: RoleSettings = RoleSettings()


ROLES = tuple(RolesSettings.model_fields)
"""The roles of language models. The first answers at once; the others think again."""


def check_server_name(name: str) -> str:
    """The name as it is. Raises `ValueError` for one that no server can have."""
    if not SERVER_NAME.fullmatch(name) or name == "remote":
        raise ValueError(f"a server cannot be called {name!r}; use small letters, digits, - and _, and not remote")
    return name
