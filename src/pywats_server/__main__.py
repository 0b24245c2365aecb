"""`pywats-server`, also as `python -m pywats_server`."""

import gc


def main() -> None:
    """Run the command line."""
    # Nearly all that imports make stays. Looking for garbage in it as often as usual takes a tenth of the start.
    gc.set_threshold(50_000)
    from pywats_server.commands.line import app

    app()


if __name__ == "__main__":
    main()
