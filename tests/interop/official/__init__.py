"""The working group's test runner with the workbench and mlspp: `make interop` builds and runs it (see build.sh)."""
