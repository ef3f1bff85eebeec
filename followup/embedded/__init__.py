"""The whole service on one machine: a data directory, a private broker, and processes that live together."""
