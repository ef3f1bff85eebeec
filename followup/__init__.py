"""Followup: looks after patients once they have gone home."""

__version__ = "0.1.0"
