"""The calculus table and its readers: every operation is one row, and all else about it is printed from that row."""
