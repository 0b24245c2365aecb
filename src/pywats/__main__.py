"""`pywats`, also as `python -m pywats`."""

import sys


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A console of Windows may have no letter for what an asset is called. That must not end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    from pywats.commands.line import app

    # Left to itself, click would take `*` in a filter for a name of files on Windows.
    app(prog_name="pywats", windows_expand_args=False)


if __name__ == "__main__":
    main()
