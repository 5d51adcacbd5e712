"""Finds what is damaged, takes it away, and rebuilds it from what is whole."""
