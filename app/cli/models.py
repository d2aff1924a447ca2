"""`duet models`: who plays which role, how they have done here, and choosing another."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.cli.common import DuetGroup, json_option, loaded_settings, open_store, print_json, print_table, printable
from app.registry.roles import cast, check_role, mode, model_name, resolve
from app.registry.scores import LEAST_SAMPLES, Score, current_scores
from app.registry.servers import find_server, is_server
from app.registry.usable import check_model, problem
from app.settings import ROLES, Settings, default_settings_path, set_value


@click.group("models", cls=DuetGroup)
def models_group() -> None:
    """Which model plays which role, and how well."""


@models_group.command("status")
@json_option
def status(as_json: bool) -> None:
    """Who plays each role in the mode that is set, who stands in, and what keeps any of them from it."""
    settings = loaded_settings().settings
    roles = [_role(settings, role) for role in ROLES]
    if as_json:
        chosen = mode(settings)
        print_json(
            {
                "mode": settings.assistant.mode,
                "about": chosen.about,
                "second_thoughts": chosen.second_thoughts if settings.assistant.planner else 0,
                "roles": roles,
            }
        )
        return
    click.echo(f"mode {settings.assistant.mode}: {mode(settings).about}")
    rows = []
    for role in roles:
        first, *others = role["models"]
        stand_ins = ", ".join(model["model"] for model in others) or "-"
        rows.append((role["role"], first["model"], stand_ins, f"{role['deadline_s']:g} s", first["problem"] or "ready"))
    print_table(("ROLE", "MODEL", "STANDS IN", "LONGEST", "STATE"), rows)


def _role(settings: Settings, role: str) -> dict[str, Any]:
    who = cast(settings, role)
    return {**asdict(who), "models": [_model(settings, reference) for reference in who.models]}


def _model(settings: Settings, reference: str) -> dict[str, Any]:
    host = find_server(settings, reference).host if is_server(reference) else None
    return {
        "reference": reference,
        "model": model_name(settings, reference),
        "host": host,
        "problem": problem(settings, reference),
    }


@models_group.command("scores")
@json_option
def scores(as_json: bool) -> None:
    """How each model has done on this machine, by role; computed now, from the turns that are kept."""
    settings = loaded_settings().settings
    with open_store() as store:
        found, advice = current_scores(store.performances(), settings)
    if as_json:
        print_json(
            {
                "mode": settings.assistant.mode,
                "weights": mode(settings).weights.model_dump(),
                "least_samples": LEAST_SAMPLES,
                "scores": [asdict(score) for score in found],
                "advice": [asdict(each) for each in advice],
            }
        )
        return
    if not found:
        click.echo("Nothing has been measured yet: scores come from turns.")
        return
    print_table(
        ("ROLE", "MODEL", "SCORE", "UNCORRECTED", "ANSWERED", "FIRST TOKEN", "WORK", "ANSWERS"),
        [_row(score) for score in found],
    )
    for each in advice:
        click.echo(printable(each.text))


def _row(score: Score) -> tuple[str, ...]:
    def share(part: float | None) -> str:
        return "-" if part is None else f"{part:.0%}"

    return (
        score.role,
        score.model,
        f"after {LEAST_SAMPLES}" if score.value is None else f"{score.value:.2f}",
        share(score.quality),
        share(score.reliability),
        "-" if score.first_token_s is None else f"{score.first_token_s * 1000:.0f} ms",
        "-" if score.work_s is None else f"{score.work_s:.1f} s",
        str(score.samples),
    )


@models_group.command("use")
@click.argument("role")
@click.argument("model")
@json_option
def use(role: str, model: str, as_json: bool) -> None:
    """Let MODEL play ROLE: starter, remote, server:NAME, fast, planner, or the path of a GGUF file."""
    settings = loaded_settings().settings
    key = f"roles.{check_role(role)}.model"
    reference = check_model(settings, model)
    name, why_not = model_name(settings, resolve(settings, reference)), problem(settings, reference)
    set_value(default_settings_path(), key, reference)
    if as_json:
        print_json({"role": role, "reference": reference, "model": name, "key": key, "problem": why_not})
        return
    click.echo(
        printable(f"{name} plays {role} from now on; `duet settings reset {key}` goes back to the mode's choice.")
    )
    if why_not:
        click.echo(f"duet: warning: {printable(why_not)}", err=True)
