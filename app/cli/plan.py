"""`duet plan`: who would answer a text, without running it."""

from __future__ import annotations

from datetime import datetime

import click

from app.assistant.router import Plan, Router, document
from app.cli.common import json_option, loaded_settings, open_store, print_json
from app.errors import BadInput
from app.events import EventBus
from app.registry.roles import cast, mode, model_name
from app.tools.builtin import toolbox
from app.tools.opening import Opener
from app.tools.services import Services
from app.tools.timers import Alarms


@click.command("plan")
@click.argument("text")
@json_option
def plan(text: str, as_json: bool) -> None:
    """Who would answer TEXT, who would think again, and why."""
    if not text.strip():
        raise BadInput("There is nothing to plan: the text is empty.")
    settings = loaded_settings().settings
    fast = model_name(settings, cast(settings, "dialogue").models[0])
    thinks = settings.assistant.planner and mode(settings).second_thoughts
    planner = model_name(settings, cast(settings, "planning").models[0]) if thinks else None
    with open_store() as store:
        services = Services(store=store, alarms=Alarms(store, EventBus()), opener=Opener())
        decided = Router(toolbox(services)).plan(
            text,
            datetime.now().astimezone(),
            fast=fast,
            planner=planner,
            first_tokens_ms=store.measurements("first_token_ms", fast),
        )
    if as_json:
        print_json(document(decided))
    else:
        click.echo(_sentence(decided))


def _sentence(plan: Plan) -> str:
    answers = f"{plan.reflex.replace('_', ' ')} answers at once" if plan.reflex else f"{plan.fast} answers"
    return f"{plan.role}: {answers}, {plan.planner or 'nobody'} thinks again ({plan.why})"
