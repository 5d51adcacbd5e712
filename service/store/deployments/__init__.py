"""What processes on one account, or one Redis, know of each other."""
