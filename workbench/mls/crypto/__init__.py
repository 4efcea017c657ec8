"""Cryptographic objects (RFC 9420 §5).

Read `primitives.py` (curves, AEADs, HKDF), then `algorithms.py` (the table of suites, and the checks that take no
secret), then `hpke.py` (RFC 9180), then `ciphersuite.py` (the labelled functions, which take secrets).
`credentials.py` says to whom a key belongs; `certificates.py` does so for X.509.
"""
