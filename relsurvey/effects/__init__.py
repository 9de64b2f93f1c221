"""What goes with what: regression, moderation, and the ranking of effects."""
