"""`duet plan`: who would answer a text, without running it."""

from __future__ import annotations

import click

from app.assistant.router import document
from app.assistant.router import plan as make_plan
from app.cli.common import json_option, loaded_settings, open_store, print_json
from app.registry.roles import cast, mode, model_name


@click.command("plan")
@click.argument("text")
@json_option
def plan(text: str, as_json: bool) -> None:
    """Who would answer TEXT, who would think again, and why."""
    settings = loaded_settings().settings
    fast = model_name(settings, cast(settings, "dialogue").models[0])
    thinks = settings.assistant.planner and mode(settings).second_thoughts
    planner = model_name(settings, cast(settings, "planning").models[0]) if thinks else None
    with open_store() as store:
        decided = make_plan(fast, planner, "there is no planner", store.measurements("first_token_ms", fast))
    if as_json:
        print_json(document(decided))
    else:
        click.echo(
            f"{decided.role}: {decided.fast} answers, {decided.planner or 'nobody'} thinks again ({decided.why})"
        )
