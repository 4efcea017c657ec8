"""Message framing (RFC 9420 §6).

Read `content.py` (who says what, signed), then the two ways to put it on the wire: `public_message.py`, which
everybody can read, and `private_message.py`, which only members can;
`padding.py` is how that hides its length.
"""
