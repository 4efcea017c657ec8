"""The app: the pictures in a browser without Jupyter, served by Panel. Only `workbench app` imports this package."""
