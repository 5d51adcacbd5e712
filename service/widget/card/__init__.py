"""What a card says of a summary, pure: figures, people and the answer that leads."""
