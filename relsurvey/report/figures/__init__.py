"""Figures as SVG with real text: one file per kind of figure."""
