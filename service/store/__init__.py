"""What is kept, and where: pure parts (keys, codec, freshness) and one Redis adapter."""
