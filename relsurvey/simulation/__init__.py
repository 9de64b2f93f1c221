"""Synthetic municipalities: a population as data, its answers, and what is true of them."""
