"""Which calls of the system a process may still make: a filter of seccomp(2), as a program of classic BPF.

It names what is refused, not what is allowed: which calls an interpreter and its libraries need differs from release to
release, what none of them needs to read a file does not. Numbers: asm/unistd_64.h and asm-generic/unistd.h of Linux.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping

from leadline.confinement.limits import LINUX, libc

ARCHITECTURES = {"x86_64": (0xC000003E, 317), "aarch64": (0xC00000B7, 277)}
"""What the kernel calls each (linux/audit.h), and the number of seccomp there."""
SET_FILTER, EVERY_THREAD = 1, 1
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions: load a word, jump if equal, if greater or equal, if any bit is set, and give the verdict."""
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Where these stand in struct seccomp_data; an argument has eight bytes, its low half first."""
X32 = 0x40000000
"""Calls from here on are of a second set of numbers, which no filter by number would meet."""

NETWORK = {
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "connect": (42, 203), "sendto": (44, 206), "sendmsg": (46, 211), "accept4": (288, 242), "sendmmsg": (307, 269),
}  # fmt: skip
OTHERS = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "shmget": (29, 194), "shmat": (30, 196),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
"""Calls that reach into other processes."""
SYSTEM = {
    "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268), "unshare": (272, 97), "bpf": (321, 280),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "swapon": (167, 224), "swapoff": (168, 225),
    "reboot": (169, 142), "sethostname": (170, 161), "setdomainname": (171, 162), "quotactl": (179, 60),
    "acct": (163, 89), "personality": (135, 92), "syslog": (103, 116), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266), "iopl": (172, None),
    "ioperm": (173, None), "inotify_init1": (294, 26), "fanotify_init": (300, 262), "memfd_create": (319, 279),
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setregid": (114, 143), "setresuid": (117, 147),
    "setresgid": (119, 149), "setgroups": (116, 159), "capset": (126, 91), "vhangup": (153, 58),
}  # fmt: skip
CHANGES = {
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37),
    "symlink": (88, None), "symlinkat": (266, 36), "mknod": (133, None), "mknodat": (259, 33), "chmod": (90, None),
    "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55),
    "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "truncate": (76, 45),
}  # fmt: skip
"""Calls that change what a path names or who may read it."""
WRITES = {
    "unlink": (87, None), "unlinkat": (263, 35), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "creat": (85, None), "ftruncate": (77, 46),
}  # fmt: skip
"""Calls that who has a folder to write in needs."""
STARTS = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "kill": (62, 129),
    "tkill": (200, 130),
}  # fmt: skip
"""Calls that who starts programs needs."""
CLONE, CLONE3, OPEN, OPENAT, OPENAT2, IOCTL = (56, 220), (435, 435), (2, None), (257, 56), (437, 437), (16, 29)
CLONE_THREAD, CLONE_APART = 0x00010000, 0x7E020000
"""Flags of clone(2): a thread of the same process; any namespace of its own."""
OPEN_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
PUSH, STEER = 0x5412, 0x541C
"""TIOCSTI and TIOCLINUX of ioctl(2): typing into a terminal in somebody's place."""

Instruction = tuple[int, int, int, int]
Calls = Mapping[str, tuple[int, int | None]]


def refuse(*, writes: bool, programs: bool) -> bool:
    """Has every thread of this process refused what reading needs not; whether the kernel did so.

    Left are, where `writes`, making and removing files (Landlock says where), where `programs`, starting programs.
    Whoever calls has given up new privileges.
    """
    machine = platform.machine()
    if not LINUX or machine not in ARCHITECTURES:
        return False
    packed = b"".join(struct.pack("HBBI", *one) for one in _program(machine, writes=writes, programs=programs))
    held = ctypes.create_string_buffer(packed, len(packed))
    program = struct.pack("HxxxxxxP", len(packed) // 8, ctypes.addressof(held))
    return bool(libc().syscall(ARCHITECTURES[machine][1], SET_FILTER, EVERY_THREAD, program) == 0)


def _program(machine: str, *, writes: bool, programs: bool) -> Iterator[Instruction]:
    which = list(ARCHITECTURES).index(machine)
    yield LOAD, 0, 0, ARCHITECTURE
    yield EQUAL, 1, 0, ARCHITECTURES[machine][0]
    yield RETURN, 0, 0, KILL
    yield LOAD, 0, 0, NUMBER
    yield AT_LEAST, 0, 1, X32
    yield RETURN, 0, 0, REFUSE | errno.EPERM
    refused: list[Calls] = [NETWORK, OTHERS, SYSTEM, CHANGES]
    refused += ([] if writes else [WRITES]) + ([] if programs else [STARTS])
    for calls in refused:
        for numbers in calls.values():
            yield from _when(numbers[which], errno.EPERM)
    for numbers in (CLONE3, OPENAT2):  # their arguments lie in memory; a C library then takes the older call
        yield from _when(numbers[which], errno.ENOSYS)
    yield from _flagged(CLONE[which], 0, CLONE_APART)
    if not programs:
        yield from _flagged(CLONE[which], 0, CLONE_THREAD, unless=True)
    if not writes:
        yield from _flagged(OPEN[which], 1, OPEN_TO_WRITE)
        yield from _flagged(OPENAT[which], 2, OPEN_TO_WRITE)
    number = IOCTL[which]
    yield EQUAL, 0, 4, number
    yield LOAD, 0, 0, ARGUMENTS + 8
    yield EQUAL, 1, 0, PUSH
    yield EQUAL, 0, 1, STEER
    yield RETURN, 0, 0, REFUSE | errno.EPERM
    yield RETURN, 0, 0, ALLOW


def _when(number: int | None, error: int) -> Iterator[Instruction]:
    if number is not None:
        yield EQUAL, 0, 1, number
        yield RETURN, 0, 0, REFUSE | error


def _flagged(number: int | None, argument: int, bits: int, *, unless: bool = False) -> Iterator[Instruction]:
    """Refuses a call with any of these bits in an argument (`unless`: without them)."""
    if number is None:
        return
    yield EQUAL, 0, 4, number
    yield LOAD, 0, 0, ARGUMENTS + 8 * argument
    yield (ANY_BIT, 1, 0, bits) if unless else (ANY_BIT, 0, 1, bits)
    yield RETURN, 0, 0, REFUSE | errno.EPERM
    yield LOAD, 0, 0, NUMBER
