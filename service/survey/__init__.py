"""Domain rules, pure: no I/O, no clock, no settings."""
