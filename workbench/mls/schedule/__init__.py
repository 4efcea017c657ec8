"""The key schedule and the secret tree (RFC 9420 §8, §9).

Read `transcript.py` (what an epoch rests on), `psk.py`, `key_schedule.py` (from epoch to epoch), and then
`secret_tree.py` (from an epoch to the key of one message).
"""
