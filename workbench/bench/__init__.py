"""Time each step of a group's life, beside the cryptography it needs and other implementations.

`steps` defines the steps and the least cryptography of each. `scenario` takes the steps once. `run` repeats them, with
all implementations in turn. `results` holds the measurements; `report`, `compare`, `page` and `plot` show them. An
implementation is imported only when it is asked for, so that its memory is measured without ours.
"""
