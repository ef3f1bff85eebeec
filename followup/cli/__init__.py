"""The command line: every command of the operator in one place, and how errors are told."""

from followup.cli.main import main

__all__ = ["main"]
