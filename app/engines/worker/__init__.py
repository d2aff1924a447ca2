"""Supervised child processes that run one engine each (DESIGN section 3). Engine-agnostic."""
