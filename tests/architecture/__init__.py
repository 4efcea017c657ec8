"""Who may import what: the contracts in pyproject.toml, and proof that each of them can fail."""
