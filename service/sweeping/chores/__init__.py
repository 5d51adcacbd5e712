"""What a worker does beside its sweeps."""
