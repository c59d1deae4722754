"""What ``explain`` returns, and the forms it can be read in: text, HTML, LaTeX, data; English and Chinese."""
