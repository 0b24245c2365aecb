"""The command line `pywats`: a module a command or group of commands, which reads arguments, calls, and prints."""
