"""What a process gives up before it touches bytes that somebody hostile may have made.

    limits.py     no core files, no memory or processor time without end
    landlock.py   which files it may still open (Landlock, Linux 5.13)
    seccomp.py    which calls of the system it may still make (seccomp filters)
    confine.py    all of it in the right order, and what is closed then, found by trying
    launch.py     python -P -m leadline.confinement.launch MODULE: parts from the network before a thread starts
    readers.py    how to have records, lists and tags read in a confined child
    server.py     the child's side of it
    frames.py     what the two say to each other
    silence.py    when one that says nothing is given up

Nothing is imported here: `launch` must run before any library is loaded.
"""
