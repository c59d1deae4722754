"""One graph as a picture: what is drawn, as plain data, and how Graphviz draws it."""
