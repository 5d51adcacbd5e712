"""From wording, weights and question to a score and its reason. Pure."""
