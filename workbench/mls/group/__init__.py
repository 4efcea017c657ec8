"""Group evolution: key packages, proposals, commits, Welcome, and a member's state (RFC 9420 §10 to §12)."""
