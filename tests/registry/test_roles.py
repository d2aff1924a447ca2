"""Roles and modes: who is meant, in which order, and how they are asked."""

from __future__ import annotations

from typing import Any

import pytest

from app.assistant.casting import sampling
from app.engines.language.base import Sampling
from app.errors import BadInput, BadSetting
from app.registry.roles import cast, lane, model_name, modes
from app.registry.servers import find_server, require_allowed
from app.settings import ROLES, Settings


def settings(**tables: Any) -> Settings:
    return Settings.model_validate(tables)


def test_every_mode_has_every_role_and_weights_that_count() -> None:
    assert list(modes()) == ["light", "balanced", "best"]
    for mode in modes().values():
        assert sum(mode.weights.model_dump().values()) == pytest.approx(1.0)
        for role in ROLES:
            assert mode.role(role).deadline_s > 0
    assert [mode.second_thoughts for mode in modes().values()] == [0, 3, 5]


def test_dialogue_answers_and_the_others_think() -> None:
    assert [lane(role) for role in ROLES] == ["fast", "planner", "planner", "planner", "planner"]


def test_with_only_the_starter_nobody_stands_in_for_itself() -> None:
    assert cast(Settings(), "dialogue").models == ("starter",)
    assert cast(Settings(), "planning").models == ("starter",)


def test_fast_and_planner_stand_for_whoever_plays_them() -> None:
    chosen = settings(models={"fast": "a.gguf", "planner": "b.gguf"})
    assert cast(chosen, "dialogue").models == ("a.gguf", "starter")
    assert cast(chosen, "code").models == ("b.gguf", "a.gguf")
    chosen = settings(models={"fast": "a.gguf"}, roles={"dialogue": {"model": "c.gguf"}})
    assert cast(chosen, "dialogue").models == ("c.gguf", "starter")
    assert cast(chosen, "planning").models == ("starter", "c.gguf")
    crossed = settings(
        models={"fast": "a", "planner": "b"}, roles={"dialogue": {"model": "planner"}, "planning": {"model": "fast"}}
    )
    assert [cast(crossed, role).models[0] for role in ("dialogue", "planning")] == ["b", "a"]


def test_what_the_user_sets_counts_before_the_mode() -> None:
    role = {"model": "x.gguf", "fallbacks": "y.gguf, starter", "temperature": 0.9, "max_tokens": 7, "deadline_s": 3}
    who = cast(settings(roles={"code": role}), "code")
    assert (who.models, who.deadline_s) == (("x.gguf", "y.gguf", "starter"), 3)
    recipe = Sampling(temperature=0.1, max_tokens=100, top_p=0.5)
    assert sampling(recipe, who) == Sampling(temperature=0.9, max_tokens=7, top_p=0.5)
    assert cast(settings(roles={"dialogue": {"fallbacks": "none"}}, models={"fast": "a"}), "dialogue").models == ("a",)


def test_a_mode_bounds_a_recipe_and_never_warms_it_up() -> None:
    who = cast(settings(assistant={"mode": "light"}), "code")
    assert sampling(Sampling(temperature=0.0, max_tokens=100), who) == Sampling(temperature=0.0, max_tokens=100)
    assert sampling(Sampling(temperature=0.8, max_tokens=4000), who) == Sampling(temperature=0.2, max_tokens=512)


def test_an_unknown_role_is_named_with_a_guess() -> None:
    with pytest.raises(BadInput, match="did you mean code"):
        cast(Settings(), "coed")


def test_servers_have_names() -> None:
    chosen = settings(
        servers={"big": {"base_url": "https://me:pw@llm.example:8443/v1", "model": "qwen"}, "bare": {}},
        roles={"code": {"model": "server:big"}, "summary": {"model": "server:bug"}, "tools": {"model": "server:bare"}},
    )
    assert cast(chosen, "code").models[0] == "server:big"
    assert model_name(chosen, "server:big") == "qwen"
    server = find_server(chosen, "server:big")
    assert (server.host, server.section) == ("llm.example:8443", "servers.big")
    assert "pw" not in server.question + server.refusal
    with pytest.raises(BadSetting, match="did you mean big"):
        cast(chosen, "summary")
    with pytest.raises(BadSetting, match=r"servers\.bare\.base_url"):
        cast(chosen, "tools")
    with pytest.raises(BadSetting, match=r"duet settings set servers\.big\.allowed true"):
        require_allowed(chosen, "server:big")
    chosen.servers["big"].allowed = True
    require_allowed(chosen, "server:big")


@pytest.mark.parametrize("url", ["http://[bad", "nonsense", "http://"])
def test_an_address_that_is_none_does_not_break_the_question(url: str) -> None:
    chosen = settings(remote={"base_url": url, "model": "m"})
    assert find_server(chosen, "remote").host == "nowhere"
