"""``python -m vjourney``, and the command ``vjourney``."""

import signal


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded ends the process without a word."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from vjourney.cli import main as run  # noqa: PLC0415  # this is what takes long

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
