"""What the eyes are given: plain JSON views of real values, and the words for them.

A view holds nothing that the engine did not produce.  `schema` is the contract with the widgets, `frame` turns a
view, a step and a viewer into what is on the picture, and `describe` says the same in words.
"""
