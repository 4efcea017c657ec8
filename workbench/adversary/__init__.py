"""What an attacker can compute, found in three ways that must agree (the three oracles).

- An attacker (`attacker`) has leaked bytes (`leaked_secrets`) and all messages on the wire, and decrypts. What it knows
  of a group stands in `known_group`. It learns from Welcomes (`welcomes`), messages (`messages`), commits (`commits`,
  their public half in `public_tracking`) and leaked randomness (`randomness_compromise`). Each attempt waits for the
  facts that it needs (`facts`). The attacker runs in a world, or as a program of its own (`recovery`) on a file
  (`evidence`).
- Deduction: all that follows from the leaks (`leak`) by the rules of what was recorded (`group_history`, `knowledge`).
  It gives the `verdict`, and for each secret how it became known (`derivation`).
- A machine-checked theorem (`theorem`), which looks at no ciphertext.

Each of them takes what is learned in one group into the other groups of the same people.

An attacker who only listens is the subject of all this. What one who also sends can do stands in `impersonation`, and
the state with which it sends in `reconstructed_state`.
"""

from workbench.adversary.attacker import Attacker
from workbench.adversary.findings import Compromised, Entered, Finding, Learned, Opened, Read

__all__ = ["Attacker", "Compromised", "Entered", "Finding", "Learned", "Opened", "Read"]
