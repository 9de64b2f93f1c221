"""The report's chapters in reader's order: one file each, from contents to parts of a page."""
