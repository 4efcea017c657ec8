"""The working group's own test runner between ours and mlspp: `make interop` builds both and plays (see build.sh)."""
