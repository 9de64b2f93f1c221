"""Nobody can be recognised: what must be hidden, and an auditor who tries to find it out."""
