"""For operators: health, metrics, access log."""
