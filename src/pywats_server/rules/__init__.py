"""Pure functions on plain data: no I/O, no clock of their own. Imports the standard library, enums and errors only."""
