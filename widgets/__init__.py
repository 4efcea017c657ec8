"""Many eyes on one engine: each widget is a Python class and a plain ES module side by side."""
