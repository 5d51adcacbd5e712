"""What is followed with a cursor: the changes, and every customer at its newest state."""
