"""What can go wrong, told in one sentence, with the exit code that the command line answers.

Every error that a user may see derives from `DuetError`. Its text is one sentence that says what is
wrong and what to do about it. Anything else that escapes is a bug and goes to the log as a traceback.
"""

from __future__ import annotations

USAGE, BAD_INPUT, NO_ENGINE, INTERRUPTED = 2, 3, 4, 130
"""Exit codes of the command line contract (0 is done)."""


class DuetError(Exception):
    """One sentence for the user; `exit_code` for the shell."""

    exit_code = BAD_INPUT

    def __reduce__(self) -> tuple[type[DuetError], tuple[object, ...]]:
        """Cross process borders with the type and the sentence, nothing else."""
        return type(self), self.args


class BadInput(DuetError):
    """A file, a text or a request that cannot be used as it is."""


class BadModel(DuetError):
    """A model file or folder that is missing, damaged or of another kind. Trying again will not help."""


class BadSetting(DuetError):
    """A setting whose value cannot be used."""


class StoreError(DuetError):
    """The database or the data folder cannot be used; nothing stored was changed."""


class EngineUnavailable(DuetError):
    """No engine can do this here and now: a server is away, a library or a voice is missing."""

    exit_code = NO_ENGINE


class WorkerDied(EngineUnavailable):
    """The process that ran the engine ended, hung or grew too large; the text names the cause."""


class DeadlineExceeded(EngineUnavailable):
    """The engine was too slow for this request."""


class Cancelled(Exception):
    """The request became void: its generation was raised, or its caller went away. Never shown."""
