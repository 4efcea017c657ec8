"""Cryptographic objects (RFC 9420 §5).

Read `primitives.py` (curves, AEADs, HKDF), then `algorithms.py` (the table of suites, and what anybody can
check), then `hpke.py` (RFC 9180), then `ciphersuite.py` (the labelled functions of those who hold secrets).
`credentials.py` says to whom a key belongs; `certificates.py` does so for X.509.
"""
