"""What the commands that hold turns share: following a bus as text or JSON Lines, and running the loop."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

from app.assistant.report import TurnReport
from app.assistant.runtime import Duet
from app.cli.common import print_json, printable
from app.cli.show import Printer
from app.errors import EngineUnavailable
from app.events import Event, EventBus, SendingAsked, to_json

F = TypeVar("F", bound=Callable[..., Any])
Result = TypeVar("Result")


def turn_options(command: F) -> F:
    """Adds `--json` and `--events`; the command gets them as `as_json` and `as_events`."""
    command = click.option("--events", "as_events", is_flag=True, help="Print events as JSON Lines as they happen.")(
        command
    )
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(command)


def follow(bus: EventBus, as_json: bool, as_events: bool, questions: bool = False) -> None:
    """Show what happens: as events, as a conversation, or (for a document in the end) only its warnings."""
    if as_events:
        bus.subscribe(_print_event)
    else:
        printer = Printer(questions=questions)
        bus.subscribe(printer.on_warning if as_json else printer.on_event)


def _print_event(event: Event) -> None:
    click.echo(json.dumps(to_json(event)))
    sys.stdout.flush()


def end_turn(report: TurnReport, as_json: bool, as_events: bool) -> None:
    """Print the document of a turn. One that nobody could answer has exit code 4."""
    failed = report.failed is not None and (report.refinement or {}).get("verdict") != "correct"
    if as_json and not as_events:
        print_json(report.document())
        if failed:
            click.get_current_context().exit(EngineUnavailable.exit_code)
    elif failed:
        raise EngineUnavailable(report.failed)


def ask_before_sending(duet: Duet) -> None:
    """Ask in the terminal what a `SendingAsked` asks; for a terminal that shows nothing else meanwhile."""
    asking: set[asyncio.Task[None]] = set()

    async def ask(server: str, question: str) -> None:
        try:
            allowed = await asyncio.to_thread(click.confirm, printable(question), default=False, err=True)
        except (click.Abort, EOFError):
            allowed = False
        duet.allow_server(server, allowed)

    def on_event(event: Event) -> None:
        if isinstance(event, SendingAsked):
            task = asyncio.get_running_loop().create_task(ask(event.server, event.question))
            asking.add(task)
            task.add_done_callback(asking.discard)

    duet.bus.subscribe(on_event)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the loop until `work` is done; an interrupt ends the work cleanly first."""
    return asyncio.run(work)
