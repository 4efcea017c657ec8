"""The ratchet tree and TreeKEM (RFC 9420 §4, §7)."""
