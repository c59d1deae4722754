"""What ``python -m nn`` does: train, explain a row, predict the rows of a file."""
