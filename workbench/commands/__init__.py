"""The commands of `workbench ...`, one module each; workbench/cli.py describes a command module."""
