"""The instrument written out: for survey tools, on paper, as Word and preview, as metadata."""
