"""The playground: one HTML file that holds the engine itself, in which every number can be touched."""
