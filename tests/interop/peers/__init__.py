"""Other implementations of MLS, in one group with ours.

`member.py` is what a client of any implementation can be asked to do, and there is a module for each implementation.
`features.py` holds what is tried, `declared.py` what comes of it, `bugs.py` the proofs that a fault is a peer's,
`mixed.py` groups of all of them, and `page.py` writes it into docs/interop.md.
"""
