"""`duet chat`: the conversation in the terminal, or over standard input, one line a turn."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator

import click

from app.assistant.report import Reporter
from app.assistant.runtime import Duet, Wants, open_duet
from app.cli.common import loaded_settings, print_json, printable
from app.cli.show import Printer
from app.cli.turns import follow, run, turn_options
from app.errors import DuetError
from app.events import Event, SendingAsked, SendingSettled
from app.settings import Settings

HELP = "Type a question. /new begins a new conversation, /stop stops an answer, /quit or Ctrl+D ends."


@click.command("chat")
@click.option("--conversation", metavar="ID", help="Continue this conversation.")
@turn_options
def chat(conversation: str | None = None, as_json: bool = False, as_events: bool = False) -> None:
    """Hold the conversation in the terminal; without one, answer each line of standard input."""
    settings = loaded_settings().settings
    interactive = sys.stdin.isatty() and not as_json and not as_events
    turns = run(
        _interactive(settings, conversation) if interactive else _lines(settings, conversation, as_json, as_events)
    )
    if as_json and not as_events:
        print_json({"turns": [report.document() for report in turns.turns]})


async def _lines(settings: Settings, conversation: str | None, as_json: bool, as_events: bool) -> Reporter:
    """Every line of standard input is a turn, answered to its end before the next is read."""
    reporter = Reporter()
    async with open_duet(settings, wants=Wants()) as duet:
        duet.bus.subscribe(reporter.on_event)
        follow(duet.bus, as_json, as_events, questions=True)
        if conversation is not None:
            duet.open_conversation(conversation)
        async for line in _stdin():
            if line.strip():
                await _ask(duet, line)
    return reporter


async def _stdin() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line


async def _ask(duet: Duet, text: str) -> None:
    try:
        await duet.ask(text)
    except DuetError as error:
        click.secho(f"duet: {error}", fg="yellow", err=True)


async def _interactive(settings: Settings, conversation: str | None) -> Reporter:
    """A prompt that stays usable while answers and second thoughts come in above it."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    reporter = Reporter()
    growing = ""

    def show(answer: str) -> None:
        nonlocal growing
        growing = answer
        session.app.invalidate()

    def toolbar() -> str:
        """The end of the answer that is being written, as much as fits one line."""
        return " ".join(growing.split())[-(shutil.get_terminal_size().columns - 1) :]

    session: PromptSession[str] = PromptSession(bottom_toolbar=lambda: toolbar() or None)
    running: set[asyncio.Task[None]] = set()
    click.secho(HELP, dim=True)
    async with open_duet(settings, wants=Wants(asks=True, alarms=True)) as duet:
        duet.bus.subscribe(reporter.on_event)
        questions: list[SendingAsked] = []
        duet.bus.subscribe(lambda event: _note_question(event, questions))
        if conversation is not None:
            duet.open_conversation(conversation)
        duet.start_in_background()
        with patch_stdout(raw=True):
            duet.bus.subscribe(Printer(live=show).on_event)
            while (text := await _prompt(session)) is not None:
                if text.strip().startswith("/"):
                    if not _command(duet, text.strip(), questions):
                        break
                elif text.strip():
                    running.add(task := asyncio.create_task(_ask(duet, text)))
                    task.add_done_callback(running.discard)
            duet.stop()
            await asyncio.gather(*running, return_exceptions=True)
    return reporter


async def _prompt(session: object) -> str | None:
    """The next line, or None at the end."""
    try:
        text: str = await session.prompt_async("> ")  # type: ignore[attr-defined]
    except (EOFError, KeyboardInterrupt):
        return None
    return text


def _note_question(event: Event, questions: list[SendingAsked]) -> None:
    """Show what has to be allowed first, and keep it until it is answered."""
    if isinstance(event, SendingAsked):
        questions.append(event)
        click.secho(f"{printable(event.question)} Answer with /yes or /no.", bold=True)
    elif isinstance(event, SendingSettled):
        questions[:] = [asked for asked in questions if asked.server != event.server]


def _command(duet: Duet, text: str, questions: list[SendingAsked]) -> bool:
    """Do what a line that begins with a slash says; False to end."""
    if text in ("/quit", "/exit"):
        return False
    if text == "/new":
        duet.new_conversation()
        click.secho("A new conversation.", dim=True)
    elif text in ("/yes", "/no") and questions:
        duet.allow_server(questions[-1].server, text == "/yes")
    elif text == "/stop":
        duet.stop()
    else:
        click.secho(HELP, dim=True)
    return True
