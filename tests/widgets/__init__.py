"""The widgets without a browser: their modules, their figures, their words, and the contract with the views."""
