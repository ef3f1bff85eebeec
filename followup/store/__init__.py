"""What the service remembers: the only SQL in the house."""
