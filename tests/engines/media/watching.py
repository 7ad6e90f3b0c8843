"""Every file that is created, changed or moved below some folders while something runs, by Linux's inotify."""

import ctypes
import os
import struct
import threading
from collections.abc import Sequence
from pathlib import Path

_CREATE, _MODIFY, _CLOSE_WRITE, _MOVED_TO, _ISDIR = 0x100, 0x2, 0x8, 0x80, 0x40000000
_NONBLOCK = 0o4000


class Watch:
    """`with Watch(folders) as seen: ...`; then `seen.paths`, and `seen.heads`: what each held when it was written."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(_NONBLOCK)
        self._at: dict[int, Path] = {}
        self._stop = threading.Event()
        self.paths: set[Path] = set()
        self.heads: dict[Path, set[bytes]] = {}
        for folder in folders:
            self._add(folder)

    def _add(self, folder: Path) -> None:
        events = _CREATE | _MODIFY | _CLOSE_WRITE | _MOVED_TO
        number = self._libc.inotify_add_watch(self._fd, os.fsencode(folder), events)
        assert number >= 0, os.strerror(ctypes.get_errno())
        self._at[number] = folder
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                self._add(path)

    def _hear(self) -> None:
        while not self._stop.is_set():
            self._drain()
            self._stop.wait(0.005)
        self._drain()

    def _drain(self) -> None:
        try:
            data = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            number, mask, _, length = struct.unpack_from("iIII", data, at)
            name = data[at + 16 : at + 16 + length].rstrip(b"\0")
            at += 16 + length
            path = self._at[number] / os.fsdecode(name)
            if mask & _ISDIR:
                if path.is_dir():
                    self._add(path)
                continue
            self.paths.add(path)
            try:
                if path.is_file():
                    self.heads.setdefault(path, set()).add(path.read_bytes()[:4096])
            except OSError:
                continue

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._hear)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._fd)
