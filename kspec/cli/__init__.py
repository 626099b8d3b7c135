"""The command line: parameters and help of every command, and the one place where errors end."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from kspec.cli.app import run
    from kspec.engine.startup import own_process

    own_process()
    run()


__all__ = ["main"]
