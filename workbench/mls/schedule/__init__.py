"""The key schedule and the secret tree (RFC 9420 §8, §9).

Read `transcript.py` (the hash over all commits), `psk.py`, `key_schedule.py` (from one epoch to the next), and then
`secret_tree.py` (from an epoch to the key of one message).
"""
