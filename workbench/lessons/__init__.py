"""The exercises of the lessons: one module a lesson, each checked on the spot.

`exercise` is their form, `note` what they say to a learner; `costs` measures and `chart` plots for the lessons.
"""
