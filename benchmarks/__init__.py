"""Speed as ratios: ours and the usual way, in turn, in one run."""
