"""The lifetimes of secrets as a widget: a view, a device, and a compromise after a step."""

from widgets.key_lifetimes.key_lifetimes import KeyLifetimes

__all__ = ["KeyLifetimes"]
