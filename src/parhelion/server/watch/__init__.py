"""Whoever watches: what is counted, what is logged, what is traced."""
