"""The only place that rounds and draws: one HTML page, and every table at full precision."""
