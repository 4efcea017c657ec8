"""The bench: what it measures and how it tells it; no test depends on a time."""
