"""What is due goes out: claimed, looked at once more, handed over, settled, and looked up where in doubt."""
