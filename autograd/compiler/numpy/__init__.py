"""The NumPy backend: an array program as calls into arrays that are made once."""
