"""The program's door. Imports nothing heavy: workers come through here too, and the window must open at once."""

from __future__ import annotations

import multiprocessing


def main() -> None:
    """The command `duet`."""
    multiprocessing.freeze_support()
    from app.cli.main import duet

    duet.main()


def window() -> None:
    """The command `duet-window`, which has no console: the window, whatever the arguments."""
    multiprocessing.freeze_support()
    from app.cli.main import duet

    duet.main(["window"])


if __name__ == "__main__":
    main()
