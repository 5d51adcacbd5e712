"""Whether what is stored can be read: the envelope of every value, and what a reader does where it is damaged."""
