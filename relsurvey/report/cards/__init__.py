"""Scorecards as pages: one a unit, and one of the whole organisation."""
