"""Every option, how each is read, and the scoring file."""
