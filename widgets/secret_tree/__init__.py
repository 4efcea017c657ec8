"""The secret tree as a widget: what a device has of it, and the keys of its messages."""

from widgets.secret_tree.secret_tree import SecretTree

__all__ = ["SecretTree"]
