"""The instrument as files for people: codebook, entry templates, expert sheet, translation log."""
