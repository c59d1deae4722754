"""Training: from a model and rows to a model that has learnt them, step by step."""
