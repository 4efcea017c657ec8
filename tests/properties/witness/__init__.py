"""A member written a second time, from the text of RFC 9420, that works on bytes alone.

It uses nothing of `workbench.mls`: hashes are `hashlib`'s, keys are `cryptography`'s, and where a field begins and ends
it learns from the inspector, whose spans it checks to be all of the bytes. Read `fields.py`, `algorithms.py`,
`tree.py`, `schedule.py` and `witness.py`.
"""
