"""How long each step of a group's life takes: beside the cryptography that it cannot avoid, and beside others.

`steps` says what is timed and what each step needs at least; `scenario` takes the steps once, `run` again and again,
with all implementations in turn; `results` holds what came of it; `report`, `compare`, `page` and `plot` tell it. Only
what is asked for is imported, so that the memory of another implementation is not measured with ours in it.
"""
