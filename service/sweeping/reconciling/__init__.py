"""What is compared, read again, fetched one by one and expired beside the sweeps."""
