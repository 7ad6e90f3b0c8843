"""The console script: Ctrl-C is looked after before anything else is loaded."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends the process on the spot, until there is somebody to say so

import importlib  # noqa: E402 nothing may load before the line above

from leadline import stopping  # noqa: E402

stopping.loading()


def main() -> None:
    """Runs the command line: exit 0 done, 1 failed, 2 wrong usage."""
    importlib.import_module("leadline.cli").main()


if __name__ == "__main__":
    main()
