"""What decoding a file gave: frames with their times, and the closed list of reasons why there are not more."""

from dataclasses import dataclass, replace

COLLAPSE = 8
"""A frame within so many bits of the first of its run belongs to the run and adds nothing: a still scene would fake
agreement (vPDQ's rule)."""
STEP_MS, LAST_MS = 100, 1000
"""The last frame of a film is taken to stay as long as the one before it did, STEP_MS where there is none, and LAST_MS
at most."""

SHOWN, STORED, CROPPED = "", "@stored", "@cropped"
"""What a container does with its frames: shows them, whole; stores them, its edit list aside; shows them within the
clean aperture it states. As parts of a locator (model.locators)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The hash of one frame: number from 0, milliseconds from the start (None for a still), quality 0 to 100, value.

    `crop` is the name that engines.media.crops gives, or `whole`. A frame of a film speaks for the run of frames
    like it, which lasts from `t_ms` until before `until_ms`. Each `view` (SHOWN, STORED, CROPPED) has its own clock;
    numbers go on.
    """

    number: int
    t_ms: int | None
    quality: int
    value: bytes
    crop: str = "whole"
    until_ms: int | None = None
    view: str = SHOWN


@dataclass(frozen=True, slots=True)
class Decoded:
    """What decoding gave: status decoded or undecodable, a word of REASONS or None, and the frames.

    Of a film also how many milliseconds of it were decoded and how many the file states, of a picture that ends early
    how many rows; None where unknown. `facts`: what the file says of its own making, see engines.media.facts.
    `inside`: where in a picture's file films and pictures lie that are files of their own (engines.media.behind).
    """

    status: str
    reason: str | None
    frames: tuple[Frame, ...] = ()
    decoded_ms: int | None = None
    stated_ms: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    decoded_rows: int | None = None
    stated_rows: int | None = None
    inside: tuple[tuple[int, int], ...] = ()

    def joined(self, other: "Decoded", view: str) -> "Decoded":
        """With the frames of another view of the film; decoded when either is, *hidden* where nothing else is said."""
        if not other.frames:
            return self
        first = self.frames[-1].number + 1 if self.frames else 0
        more = tuple(replace(frame, number=first + frame.number, view=view) for frame in other.frames)
        one = self if self.frames else other
        return replace(one, reason=one.reason or "hidden", frames=self.frames + more)


class Runs:
    """The frames of a film, given in order, as runs of frames that look alike."""

    def __init__(self) -> None:
        self._kept: list[Frame] = []
        self._first = 0
        self._last: int | None = None
        self._step = STEP_MS
        self.number = 0

    def add(self, t_ms: int, value: bytes, quality: int) -> None:
        """The next frame, which is shown from `t_ms` on; one that starts before the last is taken to start with it."""
        t_ms = max(t_ms, self._last or 0)
        if self._last is not None:
            self._step = t_ms - self._last
        self._last = t_ms
        whole = int.from_bytes(value)
        if not self._kept or (whole ^ self._first).bit_count() > COLLAPSE:
            if self._kept:
                self._kept[-1] = replace(self._kept[-1], until_ms=t_ms)
            self._kept.append(Frame(self.number, t_ms, quality, value))
            self._first = whole
        self.number += 1

    def ended(self, end_ms: int | None = None, most: int = LAST_MS) -> tuple[Frame, ...]:
        """Every run; the last frame stays as long as the one before it, at most `most` and not beyond `end_ms`."""
        if self._kept and self._last is not None:
            until = self._last + min(self._step, most)
            if end_ms is not None and end_ms >= self._last:
                until = min(until, end_ms)
            self._kept[-1] = replace(self._kept[-1], until_ms=until)
        return tuple(self._kept)
