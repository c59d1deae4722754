"""What the compiler's passes hand on: the scalar graph, blocks of it, and the array program, with its invariants."""
