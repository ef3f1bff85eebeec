"""The rules of the house: pure functions and values, no clock, no input or output, no framework."""
