"""What an attacker can compute: with stolen bytes and all messages on the wire, by really decrypting.

`thief` follows a group with whatever it stole; `findings` are what it found out, as values.
"""

from workbench.adversary.findings import Entered, Finding, Learned, Opened, Read, Stole
from workbench.adversary.thief import Thief

__all__ = ["Entered", "Finding", "Learned", "Opened", "Read", "Stole", "Thief"]
