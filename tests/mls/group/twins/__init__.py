"""Calls of the public functions with and without each optional argument."""
