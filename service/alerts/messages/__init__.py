"""What a change says at each kind of destination."""
