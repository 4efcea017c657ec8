"""What an attacker can compute, found in three ways that must agree (the three oracles).

- The attacker (`attacker`) has leaked bytes (`leaked_secrets`) and all messages on the wire, and decrypts with them.
  `known_group` holds what the attacker knows of one group. The attacker learns from Welcomes (`welcomes`), messages
  (`messages`), commits (`commits`; their public half is in `public_tracking`) and leaked randomness
  (`randomness_compromise`). Each attempt waits for the facts that it needs (`facts`). The attacker runs in a world, or
  as a separate program (`recovery`) that reads a file (`evidence`).
- The deduction computes everything that follows from the leaks (`leak`) by the rules of the recorded history
  (`group_history`, `knowledge`). The result is the `verdict`, and for each known secret its `derivation`.
- The theorem (`theorem`) is a machine-checked theorem from the literature. It looks at no ciphertext.

All three carry what is learned in one group into the other groups of the same people.

These modules are about an attacker who only listens. `impersonation` says what an attacker who also sends can do, and
`reconstructed_state` builds the member's state with which the attacker sends.
"""

from workbench.adversary.attacker import Attacker
from workbench.adversary.findings import Compromised, Entered, Finding, Learned, Opened, Read

__all__ = ["Attacker", "Compromised", "Entered", "Finding", "Learned", "Opened", "Read"]
