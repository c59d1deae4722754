"""The C backend: an array program as one file of C99 that needs nothing but the mathematics library."""
