"""`duet doctor`: what works on this machine, and the command that mends what does not."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.assistant.checkup import Check, check_everything, check_listening
from app.audio.selftest import Step
from app.cli.common import json_option, loaded_settings, print_json
from app.cli.turns import run
from app.settings import Settings


@click.command("doctor")
@click.option("--listen", is_flag=True, help="Try only the microphone and the speaker: say something when asked.")
@json_option
def doctor(listen: bool, as_json: bool) -> None:
    """Try every part of Duet once."""
    loaded = loaded_settings()
    if listen:
        _listen(loaded.settings, as_json)
        return

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


def _listen(settings: Settings, as_json: bool) -> None:
    def ask(step: Step, seconds: float) -> None:
        click.echo(_STEPS[step].format(seconds=seconds), err=as_json)

    checks, document = run(check_listening(settings, ask))
    if as_json:
        print_json({**document, "checks": [asdict(check) for check in checks]})
        return
    for check in checks:
        _show(check)


_STEPS: dict[Step, str] = {
    "listen": "Say something, as you would to Duet: {seconds:.0f} seconds from now.",
    "listen elsewhere": "Nothing was heard. Once more, please, for the other inputs: {seconds:.0f} seconds from now.",
    "play": "Now the speaker rustles for a moment.",
}


def _show(check: Check) -> None:
    state = click.style("works", fg="green") if check.ok else click.style("fails", fg="red")
    click.echo(f"{state}  {check.name}: {check.detail}")
    if check.mend:
        click.echo(f"       to mend it: {check.mend}")
