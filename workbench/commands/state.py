"""Look at states of members: join with a Welcome, show what is in a state, or compare two.

`join` makes a state from a Welcome and a key package with its private keys, and writes it as `write_state` does. `show`
prints the tree, the hashes and the members; keys are fingerprints, unless you ask for --secrets. `diff` compares two
states. With the messages of the group it names the first commit at which the two part. States and keys are read from
all formats of `workbench audit --state`.

Examples:
  workbench state join --state dora.bundle --output dora.state welcome.bin
  workbench state show alice.state
  workbench state show --json --secrets alice.state | jq .secrets
  workbench state diff alice.state bob.state log.jsonl
"""

from __future__ import annotations

import argparse

from workbench.commands.review_options import add_state_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three actions and their files."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    joining = actions.add_parser("join", help="make a state from a Welcome and a key package with its private keys")
    joining.add_argument("files", nargs="+", metavar="FILE", help="the Welcome, and the ratchet tree if it is apart")
    joining.add_argument("--state", required=True, metavar="FILE", help="the key package with its private keys")
    joining.add_argument(
        "--output", required=True, metavar="FILE", help="where to write the state, secrets in the clear"
    )
    showing = actions.add_parser("show", help="show what is in a state")
    showing.add_argument("file", metavar="STATE", help="the state")
    showing.add_argument("--secrets", action="store_true", help="print secrets in hexadecimal, not as fingerprints")
    comparing = actions.add_parser("diff", help="compare two states")
    comparing.add_argument("first", metavar="STATE", help="one state")
    comparing.add_argument("second", metavar="STATE", help="the other state")
    comparing.add_argument(
        "files", nargs="*", default=[], metavar="FILE", help="messages of the group, to find where the two part"
    )
    for action in (joining, showing, comparing):
        add_state_key(action)
    for action in (showing, comparing):
        action.add_argument("--json", action="store_true", help="print JSON; docs/review.md describes it")
    parser.epilog = (
        "exit status: 0 done, or the states agree; 1 it does not join, or they differ; 2 a file cannot be read"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do one of the three actions."""
    from workbench.commands.work import state as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
