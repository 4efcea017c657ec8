"""Looking at values: at bytes, field by field (`dissect`), and at secrets, from birth to deletion (`trace`)."""
