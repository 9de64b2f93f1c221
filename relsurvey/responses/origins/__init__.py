"""Survey tools that answers come from: each known by its columns, brought to our ids."""
