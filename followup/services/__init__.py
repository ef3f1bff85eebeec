"""Use cases: one verb a function, one transaction, given Services and the present moment."""
