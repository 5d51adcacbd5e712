"""Wiring: which parts a process is made of, chosen from the options."""
