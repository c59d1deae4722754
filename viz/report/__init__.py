"""The page that a training leaves."""
