"""The HTTP API: routes, authorization, problems, and what operators look at."""
