"""A playground: pictures of one live world, and the actions that are possible in it."""

from widgets.playground.playground import Playground

__all__ = ["Playground"]
