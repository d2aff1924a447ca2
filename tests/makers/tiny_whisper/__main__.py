"""The command: everything in order, or one step of it; what is done already is not done again."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]
TABLE_BEGIN, TABLE_END = "<!-- error rates -->", "<!-- end of error rates -->"


@click.group(context_settings={"show_default": True})
def main() -> None:
    """Make the tiny Whisper of the tests: clips, training, export, evaluation.

    `all` does everything in order. Needs the extras `test` and `train`; about half an hour to speak the clips and an
    hour to train on two cores. An interrupted run goes on where it was.
    """


def work_option(command: Command) -> Command:
    return click.option(
        "--work", type=click.Path(path_type=Path), default=Path("build/tiny-whisper"), help="For what is big."
    )(command)


def out_option(command: Command) -> Command:
    return click.option(
        "--out", type=click.Path(path_type=Path), default=Path("tests/data/tiny-whisper"), help="For the model."
    )(command)


@main.command()
@work_option
@click.option("--count", default=36_000, help="Clips in all.")
@click.option("--processes", default=2)
def clips(work: Path, count: int, processes: int) -> None:
    """Speak the clips."""
    from tests.makers.tiny_whisper import dataset

    seeds = range(1, processes + 1)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(dataset.write, [work / "clips"] * processes, seeds, [count // processes] * processes):
            pass


@main.command()
@work_option
@click.option("--minutes", default=60.0, help="Of work; the schedule is fitted to them.")
@click.option("--threads", default=2)
def train(work: Path, minutes: float, threads: int) -> None:
    """Train, or go on with it."""
    import torch

    from tests.makers.tiny_whisper import tokens
    from tests.makers.tiny_whisper.training import Trainer

    torch.set_num_threads(threads)
    path = work / "tokenizer.json"
    if not path.exists():
        tokens.train(path)
    (work / "train.pid").write_text(str(os.getpid()), "utf-8")
    Trainer(work / "clips", tokens.Tokens.load(path), work / "checkpoint.pt", minutes).run(click.echo)


@main.command()
@work_option
@out_option
def export(work: Path, out: Path) -> None:
    """Write the newest checkpoint as a model; it may be in training still."""
    from tests.makers.tiny_whisper import export as exporting

    exporting.export(work / "checkpoint.pt", work / "tokenizer.json", out)


@main.command()
@out_option
@click.option("--share", default=1.0, help="Of every set.")
@click.option("--mistakes", is_flag=True, help="Show what was misheard.")
@click.option("--card", is_flag=True, help="Write the table into the model's README.md.")
def evaluate(out: Path, share: float, mistakes: bool, card: bool) -> None:
    """Measure the error rates on held-out sentences."""
    from tests.makers.tiny_whisper import evaluation

    given = list(evaluation.cases(share))
    columns = {
        "faster-whisper, 30 s": evaluation.score(evaluation.faster_whisper(out), given),
        "engine, 10 s": evaluation.score(evaluation.engine(out), given),
        "engine, 2.5 s": evaluation.score(evaluation.engine(out, 2.5, 0.5), given),
    }
    table = evaluation.table(columns)
    click.echo(table)
    if mistakes:
        for said, heard in (pair for score in columns["faster-whisper, 30 s"] for pair in score.mistakes):
            click.echo(f"  {said!r} -> {heard!r}")
    if card:
        replace_table(out / "README.md", table)


def replace_table(path: Path, table: str) -> None:
    """Put `table` between the marks of the model's card."""
    head, rest = path.read_text("utf-8").split(TABLE_BEGIN)
    tail = rest.split(TABLE_END)[1]
    path.write_text(f"{head}{TABLE_BEGIN}\n{table}\n{TABLE_END}{tail}", "utf-8")


@main.command(name="all")
@work_option
@out_option
@click.pass_context
def everything(context: click.Context, work: Path, out: Path) -> None:
    """Clips, training, export, evaluation."""
    context.invoke(clips, work=work)
    context.invoke(train, work=work)
    context.invoke(export, work=work, out=out)
    context.invoke(evaluate, out=out, card=True)


if __name__ == "__main__":
    main()
