"""Question trees: how each item was asked, in every edition, and how an answer is read by it."""
