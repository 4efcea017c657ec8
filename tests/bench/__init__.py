"""The bench: what it measures and how it reports the results; no test depends on a time."""
