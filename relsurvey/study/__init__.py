"""A study file to a report."""
