"""`duet bench`: measures this machine, side by side with what each figure is to be compared with."""

from __future__ import annotations

import click

from app.bench import registry
from app.bench.results import keep
from app.bench.rows import Bench, Row, machine
from app.cli.common import json_option, loaded_settings, print_json, print_table
from app.cli.turns import run


@click.command("bench")
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@json_option
def bench(names: tuple[str, ...], as_json: bool) -> None:
    """Run the named benches, or all of them. The exit code is 0 whether or not a budget is met."""
    settings = loaded_settings().settings
    chosen = registry.choose(names)

    async def measure() -> list[Bench]:
        done = []
        for name, make in chosen.items():
            click.echo(f"measuring {name} ...", err=True)
            done.append(await make(settings))
            keep(settings, done[-1])
            if not as_json:
                _show(done[-1])
        return done

    done = run(measure())
    if as_json:
        print_json({"machine": machine(), "benches": [each.document() for each in done]})


def _show(bench: Bench) -> None:
    click.echo(f"\n{bench.name}  ({'; '.join(bench.notes)})" if bench.notes else f"\n{bench.name}")
    header = ("measure", "median", "p95", "worst", "unit", "n", "baseline", "ratio", "budget", "")
    print_table(header, [_cells(row) for row in bench.rows])


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {None: "", True: "met", False: "missed"}[row.ok]
    numbers = [f"{value:g}" if value is not None else "" for value in (row.median, row.p95, row.worst)]
    more = [f"{value:g}" if value is not None else "" for value in (row.baseline, row.ratio)]
    return (row.measure, *numbers, row.unit, str(row.n), *more, row.budget or "", verdict)
