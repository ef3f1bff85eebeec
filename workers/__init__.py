"""The Celery application that wakes the services."""
