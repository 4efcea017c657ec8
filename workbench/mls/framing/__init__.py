"""Message framing (RFC 9420 §6).

Read `content.py` (content and the verification of its signature) and `signing.py`, then the two ways to put content on
the wire: `public_content.py` and `public_message.py`, which everybody can read, and `private_message.py`, which only
members can read. `padding.py` hides the length of a PrivateMessage.
"""
