"""`duet plan`: who would answer a text, without running it."""

from __future__ import annotations

import click

from app.assistant.router import document
from app.assistant.router import plan as make_plan
from app.cli.common import json_option, loaded_settings, open_store, print_json
from app.registry.profiles import language_profile


@click.command("plan")
@click.argument("text")
@json_option
def plan(text: str, as_json: bool) -> None:
    """Who would answer TEXT, who would think again, and why."""
    settings = loaded_settings().settings
    fast = language_profile(settings, "fast").spec.model
    planner = language_profile(settings, "planner").spec.model if settings.assistant.planner else None
    with open_store() as store:
        decided = make_plan(fast, planner, "there is no planner", store.measurements("first_token_ms", fast))
    if as_json:
        print_json(document(decided))
    else:
        click.echo(
            f"{decided.role}: {decided.fast} answers, {decided.planner or 'nobody'} thinks again ({decided.why})"
        )
