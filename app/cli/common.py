"""What all commands share: errors as one sentence, `--json`, logging, and where the settings and the store are.

`DuetGroup` is the group of the program and of its parts. It keeps the command line contract: exit codes, exactly one
JSON document on stdout with `--json` (also for an error), sentences on stderr, tracebacks in the log only.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from app.cli import logs
from app.errors import INTERRUPTED, USAGE, BadInput, DuetError
from app.settings import Loaded, data_dir, load

if TYPE_CHECKING:
    from app.store import Store

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
BUG = 1
_LOADED = "duet.loaded"


class DuetGroup(click.Group):
    """A click group whose `main` answers every error as the command line contract says."""

    group_class = type  # groups made with @group.group() are of this class as well

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run and exit. With `standalone_mode=False` errors are raised instead, as in click."""
        arguments = list(sys.argv[1:] if args is None else args)

        def command() -> Any:
            return super(DuetGroup, self).main(arguments, prog_name, complete_var, standalone_mode=False, **extra)

        if not standalone_mode:
            return command()
        _never_fail_to_encode()
        sys.exit(_run(command, arguments))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if _reader_is_gone(error):  # which click would answer with exit code 1
                raise _ReaderGone from None
            raise


class _ReaderGone(Exception):
    """The program that reads our output has had enough of it."""


def _run(command: Callable[[], Any], arguments: Sequence[str]) -> int:
    """The exit code of `command`, after having told what went wrong."""
    code = 0
    try:
        code = _outcome(command, arguments)
        sys.stdout.flush()
    except (_ReaderGone, OSError) as error:
        if isinstance(error, OSError) and not _reader_is_gone(error):
            raise
        _drop_stdout()
    return code  # what went wrong before the reader left is still what went wrong


def _outcome(command: Callable[[], Any], arguments: Sequence[str]) -> int:
    try:
        result = command()
    except click.UsageError as error:
        return _tell(_usage(error), USAGE, arguments)
    except click.ClickException as error:
        return _tell(error.format_message(), BadInput.exit_code, arguments)
    except (click.Abort, KeyboardInterrupt):
        return _tell("Interrupted.", INTERRUPTED, arguments)
    except DuetError as error:
        return _tell(str(error), error.exit_code, arguments)
    except _ReaderGone:
        raise
    except Exception:
        logs.to_file(_log_folder())
        log.exception("a command failed")
        return _tell(
            "Something went wrong inside Duet; details are in the log (duet --debug prints its path).", BUG, arguments
        )
    return result if isinstance(result, int) else 0


def _reader_is_gone(error: OSError) -> bool:
    """Whether our output was closed by its reader; Windows says "invalid argument" for that."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def _tell(sentence: str, code: int, arguments: Sequence[str]) -> int:
    if wants_json(arguments):
        print_json({"error": sentence, "exit_code": code})
        sys.stdout.flush()
    click.echo(f"duet: {printable(sentence)}", err=True)
    return code


def _usage(error: click.UsageError) -> str:
    hint = f" Try `{error.ctx.command_path} --help`." if error.ctx else ""
    return error.format_message() + hint


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` is among the arguments; known even if they cannot be parsed."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _drop_stdout() -> None:
    """Send what is still buffered nowhere, or Python complains about the broken pipe at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _never_fail_to_encode() -> None:
    """Print characters that the terminal's encoding lacks as escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


# -- options ---------------------------------------------------------------------------------------------------


def json_option(command: F) -> F:
    """Adds `--json`; the command gets it as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(command)


def logging_options(command: F) -> F:
    """Adds `--debug` and `--verbose`, which send the log to stderr as well. For the program's own group."""

    def start(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and parameter.name == "debug":
            logs.to_stderr(logging.DEBUG)
            click.echo(f"log: {logs.path(_log_folder())}", err=True)
        elif value:
            logs.to_stderr(logging.INFO)

    for names, help in (
        (("--debug",), "Say where the log is, and print all of it to stderr."),
        (("-v", "--verbose"), "Print what happens to stderr."),
    ):
        command = click.option(*names, is_flag=True, expose_value=False, is_eager=True, callback=start, help=help)(
            command
        )
    return command


# -- printing --------------------------------------------------------------------------------------------------


def print_json(document: Any) -> None:
    """Exactly one JSON document."""
    unicode = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(document, ensure_ascii=not unicode, indent=2, default=str))


def printable(text: str) -> str:
    """`text` without the control characters with which a transcript or a model could steer the terminal."""
    return "".join(c if c in "\n\t" or (c.isprintable() or ord(c) >= 0xA0) else "\ufffd" for c in text)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; the last one is cut at the terminal's edge if that is one."""
    cells = [[" ".join(printable(cell).split()) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header) - 1)]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for row in cells:
        line = "  ".join([*(cell.ljust(size) for cell, size in zip(row, widths, strict=False)), row[-1]]).rstrip()
        click.echo(line if width is None or len(line) <= width else line[: width - 1] + "…")


# -- where things are ------------------------------------------------------------------------------------------


def loaded_settings() -> Loaded:
    """The settings, read once per run; what is odd about the file is said on stderr, and the log file is opened."""
    meta = click.get_current_context().find_root().meta
    if _LOADED not in meta:
        loaded = load()
        logs.to_file(data_dir(loaded.settings) / "logs")
        for warning in loaded.warnings:
            click.echo(f"duet: warning: {printable(warning)}", err=True)
        meta[_LOADED] = loaded
    found: Loaded = meta[_LOADED]
    return found


def database_path() -> Path:
    """The database of these settings."""
    return data_dir(loaded_settings().settings) / "duet.db"


@contextlib.contextmanager
def open_store() -> Iterator[Store]:
    """The store of these settings, closed in the end."""
    from app.store import Store  # slow to import

    with contextlib.closing(Store.open(database_path())) as store:
        yield store


def _log_folder() -> Path:
    """Where the log is, also if the settings cannot be read."""
    from app.settings import Settings

    try:
        return data_dir(load().settings) / "logs"
    except DuetError:
        return data_dir(Settings()) / "logs"


def fail_usage(sentence: str) -> NoReturn:
    """For arguments that do not go together: exit code 2."""
    raise click.UsageError(sentence, click.get_current_context())
