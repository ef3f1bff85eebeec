"""Doors out: each a Protocol, a real one and one in memory."""
