"""From a Python function of one sample to its scalar graph."""
