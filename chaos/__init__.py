"""Faults on the whole service in real processes, under load: `make chaos`."""
