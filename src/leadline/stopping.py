"""Ctrl-C without a traceback at any moment: while modules load, while a command runs, while the program ends.

While modules load nothing is open, so that the process may end on the spot. A command is stopped by
`KeyboardInterrupt`, so that it ends its workers and clears its scratch. At the end there is nothing left to stop.
"""

import os
import signal
import sys
import threading
from types import FrameType

STOPPED = "leadline: stopped; case and ledger are as after the last finished step; run it again to go on"
FAILED = 1
"""The exit code of a command that was stopped, as of any that did not do its work."""
_LATER = 0.02
"""Seconds after which an interrupt that was swallowed comes again, by when the destructor has returned."""
_seen = False


def loading() -> None:
    """From here on Ctrl-C says so and ends the process at once."""
    signal.signal(signal.SIGINT, _end)


def running() -> None:
    """From here on Ctrl-C raises KeyboardInterrupt, and again where a library's callback swallowed it."""
    sys.unraisablehook = _again
    signal.signal(signal.SIGINT, _raise)


def ending() -> None:
    """From here on Ctrl-C is not heard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def seen() -> bool:
    """Whether Ctrl-C came while a command ran; a library may have made another error of it."""
    return _seen


def _end(_: int, __: FrameType | None) -> None:
    ending()
    os.write(2, f"{STOPPED}\n".encode())
    os._exit(FAILED)


def _raise(_: int, __: FrameType | None) -> None:
    """Stops the command once; whoever asks again while it clears up ends the process on the spot."""
    global _seen
    _seen = True
    loading()
    raise KeyboardInterrupt


def _again(unraisable: "sys.UnraisableHookArgs") -> None:
    """What a destructor or callback raised: an interrupt is given to the main thread again, the rest is Python's."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        running()
        threading.Timer(_LATER, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(unraisable)
