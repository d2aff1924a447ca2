"""How a conversation looks in a terminal: the answer as it is written, then quietly what the planner thinks of it."""

from __future__ import annotations

import sys
from typing import TextIO

import click

from app.cli.common import printable
from app.events import (
    AnswerFinished,
    Event,
    Interrupted,
    Refined,
    TokensArrived,
    TranscriptReady,
    Warning,
)


class Printer:
    """A subscriber that writes to `stream` (standard output by default); warnings go to standard error.

    questions: whether what was heard is written too, as it is for spoken turns.
    """

    def __init__(self, stream: TextIO | None = None, questions: bool = False) -> None:
        self._stream = stream
        self._questions = questions
        self._in_answer = False

    def on_event(self, event: Event) -> None:
        match event:
            case TranscriptReady(text=text) if self._questions:
                self._line(f"> {text}")
            case TokensArrived(text=text):
                self._write(text if self._in_answer else text.lstrip())
                self._in_answer = True
            case AnswerFinished() | Interrupted():
                if self._in_answer:
                    self._write("\n")
                self._in_answer = False
            case Refined():
                self._refined(event)
            case Warning():
                self.on_warning(event)

    def on_warning(self, event: Event) -> None:
        """Warnings only."""
        if isinstance(event, Warning):
            click.secho(f"duet: {printable(event.text)}", fg="yellow", err=True)

    def _refined(self, event: Refined) -> None:
        if event.verdict == "agree":
            self._line("  (thought again: it stands)", dim=True)
        elif event.verdict == "add":
            self._line(f"  In addition: {event.text}")
        elif event.verdict == "correct":
            self._line(f"  Correction: {event.text}", bold=True)
        elif event.verdict == "failed":
            self._line(f"  (could not think again: {event.why})", dim=True)

    def _line(self, text: str, **style: bool) -> None:
        click.secho(printable(text), file=self._stream, **style)

    def _write(self, text: str) -> None:
        click.echo(printable(text), file=self._stream, nl=False)
        (self._stream or sys.stdout).flush()
