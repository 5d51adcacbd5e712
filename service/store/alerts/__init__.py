"""What is remembered of the delivery of alerts."""
