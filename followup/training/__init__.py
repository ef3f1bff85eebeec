"""Makes the second reader's weights from the labelled replies in the repository, the same weights every time."""
