"""Run by IPython at the start of each kernel in this environment, from etc/ipython/startup.

A lesson's cell that is run first in a new kernel finds none of its names. This is how a sentence can say so.
"""

try:
    from workbench.lessons.kernel import watch
except ImportError:
    pass
else:
    watch()
    del watch
