"""Figures and diagrams, drawn with matplotlib and Graphviz."""
