"""The commands of `workbench ...`, one module each; workbench/cli.py says what a command module is."""
