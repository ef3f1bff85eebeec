"""The service as real processes while everything around it breaks, and an account of what became of each message."""
