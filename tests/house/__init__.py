"""The project as a user meets it: set-up, locks, wheel, Binder, command line, README."""
