"""python -P -m leadline.confinement.launch MODULE ARGUMENTS: runs a module of Leadline apart from the network.

A namespace of its own for the network can be had, by an ordinary user, only while a process has one thread, so it is
asked for here, before any library is loaded. Where the system refuses, the filter of calls still closes the network.
"""

import runpy
import sys

from leadline.confinement.limits import LINUX, libc, no_dumps

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
"""Flags of unshare(2), linux/sched.h."""


def main() -> None:
    """Parts from the network and runs the module named."""
    no_dumps()
    if LINUX and libc().unshare(CLONE_NEWNET) < 0:  # an ordinary user may only with a namespace of users
        libc().unshare(CLONE_NEWUSER | CLONE_NEWNET)
    _, module, *sys.argv[1:] = sys.argv
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
