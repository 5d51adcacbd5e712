"""Wording, read by the lexicons: text, phrases, vocabulary. Pure."""
