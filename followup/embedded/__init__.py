"""The whole service on one machine: a data directory, a private broker, and the processes that live and die together."""
