"""The lessons as notebooks: how their outputs are stored, what they must look like, and that their solutions run."""
