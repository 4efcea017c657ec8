"""Message framing (RFC 9420 §6).

Read `content.py` (signed content), then the two ways to put it on the wire: `public_message.py`, which everybody can
read, and `private_message.py`, which only members can read. `padding.py` hides the length of a PrivateMessage.
"""
