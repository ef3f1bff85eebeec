"""Measurements on this machine: how fast texts leave, replies come in, pages open, and how well replies are read."""
