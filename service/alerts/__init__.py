"""The feed of changes, delivered: a signed webhook, Slack, Teams."""
