"""What is asked: items, scales, constructs, forms; read from YAML, checked for coherence."""
