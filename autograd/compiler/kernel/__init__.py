"""The kernel backend: an array program as machine code, by way of LLVM."""
