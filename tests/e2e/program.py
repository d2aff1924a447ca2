"""Runs the program as a user does: a process of its own, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

LIMIT_S = 240
"""A loaded two-core machine takes half a minute for the slowest of these commands."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    def refused(self, code: int) -> str:
        """The one sentence with which the command refused; no traceback, nothing else."""
        assert self.code == code, self
        assert self.err.startswith("duet: "), self
        assert "Traceback" not in self.err
        sentence = self.err.strip().removeprefix("duet: ")
        assert "\n" not in sentence, self
        assert sentence.endswith((".", "`")), self
        return sentence


def duet(*arguments: str, stdin: str | None = None, **environment: str) -> Ran:
    """Run `duet ARGUMENTS`; `environment` is added to this process's."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        input="" if stdin is None else stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        env=os.environ | environment,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
