"""Scorecards: what each unit may be told of its answers, and how sure it is."""
