"""What an attacker can compute, three times over; the three must agree.

- An attacker (`attacker`) with leaked bytes (`leaked`) and all messages on the wire really decrypts. What it has
  learned of a
  group (`known_group`) comes from `welcomes`, `messages`, `commits` (their public half is in `followed`) and leaked
  randomness (`drawn`); each waits for what would open it (`facts`). It runs inside of a world, or as a program of its
  own (`recovery`) that is handed a file (`evidence`).
- What follows from the record (`knowledge`): the closure of what leaked (`leak`) under all that was recorded
  (`group_history`). It gives the `verdict`, and how each thing came to be known (`derivation`).
- What the theorem allows (`theorem`): the cases of a proven theorem, which look at no ciphertext.

Each of them follows what is known in one group into the others of the same people.

All this is of one who listens. Of one who speaks too: in whose names it can (`voices`), and the state with which it
does (`impostor`).
"""

from workbench.adversary.attacker import Attacker
from workbench.adversary.findings import Compromised, Entered, Finding, Learned, Opened, Read

__all__ = ["Attacker", "Compromised", "Entered", "Finding", "Learned", "Opened", "Read"]
