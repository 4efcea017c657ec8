"""The work of those commands whose imports are slow: their modules only declare them, so that `--help` is fast."""
