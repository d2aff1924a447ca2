"""The program's door."""


def main() -> None:
    """Run the command line."""


def window() -> None:
    """Open the window."""
