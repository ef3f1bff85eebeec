"""Runs the command line as `python -m followup.cli`."""

from followup.cli.main import main

main(prog_name="followup")
