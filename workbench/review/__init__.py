"""The reviewer's desk: what bytes and states from elsewhere prove, and which rules they break.

- `rules` names the rule of docs/validation.md that an error stands for. `checks` is a check and its outcome.
- `verify` checks one object with all that is known of its group (`evidence`); `known_secrets` reads states and keys.
- `audit` sorts messages into groups and epochs, replays them (`replay`), and lists findings (`findings`, `hygiene`).
- `exposure` computes what leaked secrets open. `report` is all of an audit as data for pages and programs.

This package has no checks of its own: every verdict is that of a public function of `workbench.mls`.
"""
