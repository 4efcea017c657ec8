"""Views: plain JSON that Python computes from recorded values, and that the pictures in `widgets` draw.

A view has only values that the engine produced, and words about them. It says what is known, not how it is drawn.
"""
