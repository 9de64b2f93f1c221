"""Answers against an instrument: readers per format, roster, checks, careless answering."""
