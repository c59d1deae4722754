"""The forms a report can be read in: text, a terminal's colours, HTML, LaTeX, plain data; English and Chinese."""
