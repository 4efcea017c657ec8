"""Clients of other implementations of MLS, as far as their packages are installed; the workbench needs none of them.

1. `member`     what a client of any implementation can do: bytes in, bytes out
2. `agentvault`, `rine` (mls-rs), `gbp` (OpenMLS), `rfc9420`: packages of PyPI; `ts_mls`, `core_crypto`: packages of
   npm, in a process of node (`worker`); `ours`: the workbench itself
3. `verdicts`   hands the same bytes to each of them, and says which of them accept the bytes

The tests play with these clients (tests/interop/peers), and `workbench inspect --peers` asks them.
"""
