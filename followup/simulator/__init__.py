"""A carrier, a mailbox and a phone on this machine, for the demo and the tests."""
