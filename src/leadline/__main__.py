"""The console script: Ctrl-C is looked after before anything else is loaded."""

import importlib

from leadline import stopping

stopping.loading()


def main() -> None:
    """Runs the command line: exit 0 done, 1 failed, 2 wrong usage."""
    importlib.import_module("leadline.cli").main()


if __name__ == "__main__":
    main()
