"""``python -m vjourney``."""

from vjourney.cli import main

if __name__ == "__main__":
    main()
