"""The code compared with the RFC: the rules that refuse something, and the code that keeps each sentence."""
