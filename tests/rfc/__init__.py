"""The RFC held against the code: what must be refused, and where each of its sentences is kept."""
