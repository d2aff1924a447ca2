"""The command: everything in order, or one step of it; what is done already is not done again."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.group(context_settings={"show_default": True})
def main() -> None:
    """Make the tiny Whisper of the tests: clips, training, export, evaluation. Needs the extra `train`."""


WORK = click.option("--work", type=click.Path(path_type=Path), default=Path("build/tiny-whisper"), help="Big files.")


@main.command()
@WORK
@click.option("--count", default=36_000, help="Clips in all.")
@click.option("--seed", default=1, help="First seed; two processes with different ones share the work.")
def clips(work: Path, count: int, seed: int) -> None:
    """Speak the clips."""
    from tests.makers.tiny_whisper import dataset

    dataset.write(work / "clips", seed, count, click.echo)


@main.command()
@WORK
@click.option("--minutes", default=65.0, help="Of work.")
@click.option("--threads", default=2)
def train(work: Path, minutes: float, threads: int) -> None:
    """Train, or continue to."""
    import torch

    from tests.makers.tiny_whisper import tokens
    from tests.makers.tiny_whisper.training import Trainer

    torch.set_num_threads(threads)
    path = work / "tokenizer.json"
    if not path.exists():
        tokens.train(path)
    (work / "train.pid").write_text(str(os.getpid()), "utf-8")
    Trainer(work / "clips", tokens.Tokens.load(path), work / "checkpoint.pt", minutes).run(click.echo)


if __name__ == "__main__":
    main()
