"""Other implementations of MLS, in one group with ours.

`member.py` declares what a client of any implementation can do, and there is a module for each implementation.
`features.py` holds the features that are tried, `declared.py` the expected results, and `bugs.py` the proofs that a
fault is the peer's. `mixed.py` makes groups of all implementations, and `page.py` writes the results into
docs/interop.md.
"""
