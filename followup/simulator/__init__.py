"""A carrier, a mailbox and a phone on this machine, for the demo and the tests."""

from followup.simulator.faults import FaultRule, Misbehaviour
from followup.simulator.server import Simulator
from followup.simulator.settings import Keywords, Person, SimulatorSettings
from followup.simulator.thread import RunningSimulator, run_in_thread

__all__ = [
    "FaultRule",
    "Keywords",
    "Misbehaviour",
    "Person",
    "RunningSimulator",
    "Simulator",
    "SimulatorSettings",
    "run_in_thread",
]
