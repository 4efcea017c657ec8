"""Messaging Layer Security (RFC 9420) to read, run and watch.

`workbench.mls` is the protocol itself; its docstring gives the order in which to read it. Around it stand the
services it needs (`delivery`, `client`), an attacker (`adversary`), a laboratory for lessons and tests
(`lab`), and what looks at values (`inspect`, `views`).
"""

__version__ = "0.1.0"
