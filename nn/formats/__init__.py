"""Models as plain data, and as what other programs read."""
