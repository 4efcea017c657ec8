"""The app: the pictures in a browser without Jupyter, served by Panel, or beside a notebook (`open_app`).

Only `workbench app` and notebooks that ask for it import this package.
"""

from widgets.app.in_notebook import RunningApp, open_app

__all__ = ["RunningApp", "open_app"]
