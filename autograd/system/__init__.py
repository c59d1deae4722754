"""What the packages share that is no calculus: files written whole, command lines, the garbage collector."""
