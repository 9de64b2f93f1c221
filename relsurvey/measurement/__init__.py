"""Do the items measure what they should: reliability, agreement, factor models, method bias."""
