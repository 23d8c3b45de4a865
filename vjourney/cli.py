"""Command line: parse and delegate."""


def main() -> None:
    """Run the command line."""
