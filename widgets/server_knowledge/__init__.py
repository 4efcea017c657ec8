"""What the delivery service knows of a group, as a widget: uploads, queues, padding and delay."""

from widgets.server_knowledge.server_knowledge import ServerKnowledge

__all__ = ["ServerKnowledge"]
