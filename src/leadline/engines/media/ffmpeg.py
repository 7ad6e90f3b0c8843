"""The ffmpeg program: which one, and the command that turns a video into grey frames with their times.

It is a program of its own, started by a worker whose limits it inherits: no file written, no network, bounded memory.
It gets the video as an open file and gives frames to a pipe; it may open nothing else (`-protocol_whitelist`), and no
container that names other files is read (`-format_whitelist`).
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

try:
    import imageio_ffmpeg
except ImportError:
    imageio_ffmpeg = None
from leadline.engines.media.decoded import CROPPED, SHOWN, STORED
from leadline.errors import ExtraError

SETTING = "LEADLINE_FFMPEG"
"""Environment variable that names another ffmpeg (version 6 or newer, which knows the `fd:` protocol)."""
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,av1,avi,dirac,dv,ea,flac,flic,flv,gxf,h261,h263,h264,hevc,ivf,ivr,loas,m4v,matroska,mjpeg,"
    "jpegxl_anim,jpegxl_pipe,mov,mp3,mpeg,mpegts,mpegvideo,mxf,nsv,nut,obu,ogg,pva,rm,rpl,swf,ty,vc1,vivo,vvc,wav,wtv,wv,xmv,yuv4mpegpipe"
)
"""Demuxers that read one file and nothing beside it: no playlist, no list of parts, no device, no filter graph."""
MAX_PIXELS = 36_000_000
"""Pixels of a frame that are decoded: 8192 x 4320, of which a decoder's dozen held back fit a worker's memory."""
DENSE = 10
"""Frames a second that are hashed: with 10 against 1, a trimmed copy shares 83 in 100 of the list's frames; at equal
rates of 1 the sampling phase decides, and it shares 11 (measured on the chair clips)."""
METADATA_SECONDS = 20
"""Processor seconds it may take to find a file's metadata."""
KEYFRAMES = 2
"""Frames a second of the keyframe pass at most: some cameras make every frame a keyframe."""


@dataclass(frozen=True, slots=True)
class Source:
    """A film: the open file, and from which to before which byte of it the film lies (None: all of it)."""

    file: int
    span: tuple[int, int] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The options that have ffmpeg read it, and nothing else."""
        inside = self.span and "subfile,,start,{},end,{},,:fd:".format(*self.span)
        protocols = "fd,pipe,subfile" if inside else "fd,pipe"
        return (
            *("-protocol_whitelist", protocols, "-format_whitelist", FORMATS),
            *("-fd", str(self.file), "-i", inside or "fd:"),
        )


@cache
def program() -> str:
    """The ffmpeg that is run: the one LEADLINE_FFMPEG names, else the one that is installed with Leadline.

    ExtraError when there is none, or the one named is too old.
    """
    named = os.environ.get(SETTING)
    if not named and imageio_ffmpeg is not None:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    found = shutil.which(named) if named else None
    if found is None:
        raise ExtraError("there is no ffmpeg", remedy=f"install imageio-ffmpeg, or name ffmpeg 6 or newer in {SETTING}")
    listed = subprocess.run([found, "-v", "error", "-protocols"], capture_output=True, text=True, check=False)
    if "fd" not in listed.stdout.split():
        raise ExtraError(f"the ffmpeg that {SETTING} names is too old", remedy="name ffmpeg 6 or newer, or unset it")
    return found


@cache
def version() -> str:
    """The version of `program`, as it says it."""
    said = subprocess.run([program(), "-version"], capture_output=True, text=True, check=False).stdout.split()
    return said[2] if said[:2] == ["ffmpeg", "version"] else "unknown"


@cache
def crops() -> bool:
    """Whether `program` crops frames to what their container states (from 7.1 on), and must be told not to."""
    said = subprocess.run([program(), "-v", "error", "-h", "long"], capture_output=True, text=True, check=False)
    return "\n-apply_cropping" in said.stdout


def metadata_command(source: Source) -> list[str]:
    """The command that writes the metadata of a film as text (ffmpeg's `ffmetadata`)."""
    return [
        *(program(), "-hide_banner", "-nostdin", "-v", "error", "-timelimit", str(METADATA_SECONDS)),
        *source.options,
        *("-map_metadata", "0", "-map", "0:V:0?", "-c", "copy", "-t", "0", "-f", "ffmetadata", "pipe:1"),
    ]


def command(source: Source, *, keyframes: bool, seconds: int, view: str = SHOWN) -> list[str]:
    """The command that decodes a film for at most so many processor seconds, the frames of a `view` to its output.

    Of each tenth (keyframes: half) of a second the first frame shown is kept; its luma is spread to 0..255. Frames are
    not turned, nor cropped but for CROPPED; no sound is decoded. STORED is for MP4 and QuickTime only.
    Matroska carries each frame's time and the file's own metadata.
    """
    rate = KEYFRAMES if keyframes else DENSE
    first = f"isnan(t)+isnan(prev_selected_t)+gt(floor(t*{rate}+0.01)\\,floor(prev_selected_t*{rate}+0.01))"
    return [
        *(program(), "-hide_banner", "-nostdin", "-v", "info", "-nostats", "-timelimit", str(seconds)),
        *("-threads", "1", "-filter_threads", "1", "-flags", "bitexact", "-max_pixels", str(MAX_PIXELS)),
        "-noautorotate",
        *(("-apply_cropping", "codec") if view != CROPPED and crops() else ()),
        *(("-ignore_editlist", "1") if view == STORED else ()),
        *(("-skip_frame", "nokey") if keyframes else ()),
        *(*source.options, "-map", "0:V:0", "-an", "-sn", "-dn"),
        *("-vf", f"select='{first}',scale=out_range=pc:flags=area+bitexact+accurate_rnd,format=gray"),
        *("-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "matroska", "-bitexact", "pipe:1"),
    ]
