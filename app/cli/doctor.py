"""`duet doctor`: what works on this machine, and the command that mends what does not."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.assistant.checkup import Check, check_everything
from app.cli.common import json_option, loaded_settings, print_json
from app.cli.turns import run


@click.command("doctor")
@json_option
def doctor(as_json: bool) -> None:
    """Try every part of Duet once."""
    loaded = loaded_settings()

    async def examine() -> list[Check]:
        checks = []
        async for check in check_everything(loaded.settings, loaded.path):
            checks.append(check)
            if not as_json:
                _show(check)
        return checks

    checks = run(examine())
    if as_json:
        print_json({"ok": all(check.ok for check in checks), "checks": [asdict(check) for check in checks]})


def _show(check: Check) -> None:
    state = click.style("works", fg="green") if check.ok else click.style("fails", fg="red")
    click.echo(f"{state}  {check.name}: {check.detail}")
    if check.mend:
        click.echo(f"       to mend it: {check.mend}")
