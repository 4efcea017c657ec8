"""Tools to inspect values: bytes field by field (`dissect`), and secrets from creation to deletion (`trace`)."""
