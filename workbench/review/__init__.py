"""The reviewer's desk: what foreign bytes and foreign states prove, and what they break.

- `rules` names the rule of docs/validation.md that an error stands for. `checks` is a check and its outcome.
- `verify` checks one object with all that is known of its group (`evidence`); `known_secrets` reads states and keys.
- `audit` sorts messages into groups and epochs, replays them (`replay`), and lists findings (`findings`, `hygiene`).
- `exposure` computes what leaked secrets open. `report` is all of an audit as data for pages and programs.

Nothing here checks anything by itself: every verdict is that of a public function of `workbench.mls`.
"""
