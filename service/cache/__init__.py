"""What stands between a reader and the store: freshness, local copies, circuit breaker, single flight, look-up."""
