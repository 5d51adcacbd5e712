"""Limits that processes share: calls at once, requests a minute, one fetch of each respondent."""
