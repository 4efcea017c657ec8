"""The tree of keys, and who can open what."""
