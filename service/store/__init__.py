"""Redis and nothing else: keys, values, filing, reads, the feed, and marks that processes share."""
