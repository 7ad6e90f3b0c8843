"""What a file is by its first bytes, whatever its name says."""

HEAD = 4096
"""Bytes of a file's beginning that `sniff` needs; every signature below lies within them."""

EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"qoif", "image/qoi"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"OggS", "video/ogg"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"\x00\x00\x01\xb0", "video/mpeg4-visual"),
    (b"\x00\x00\x00\x01\x67", "video/h264"),
    (b"\x00\x00\x00\x01\x40\x01", "video/h265"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "video/mxf"),
    (b"DKIF\x00\x00", "video/x-ivf"),
    (b"YUV4MPEG2 ", "video/x-yuv4mpeg"),
    (b"\xb7\xd8\x00\x20\x37\x49\xda\x11", "video/x-wtv"),
    (b".RMF", "application/vnd.rn-realmedia"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x37\x7f\x06\x82", "application/x-sqlite3-wal"),
    (b"\x37\x7f\x06\x83", "application/x-sqlite3-wal"),
    (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", "application/x-sqlite3-journal"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"EVF\x09\x0d\x0a\xff\x00", "application/x-ewf"),
    (b"QFI\xfb", "application/x-qcow2"),
    (b"KDMV", "application/x-vmdk"),
    (b"\x7fELF", "application/x-elf"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
)
"""Signatures at offset 0 (the formats' published specifications; IANA's names where one exists)."""

_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
    b"3g2a": "video/3gpp2",
    b"M4A ": "audio/mp4",
}
"""Major brands of ISO/IEC 14496-12 files; any other brand is video/mp4."""
_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""First atoms of QuickTime files older than the ftyp box."""
_OFFICE = (
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def sniff(head: bytes) -> str:
    """The type/subtype of a file that starts with `head` (HEAD bytes are enough; fewer when it is shorter).

    Names and extensions are not asked. Text types are told apart by their first characters; bytes that are neither a
    known signature nor text are application/octet-stream; no bytes at all are application/x-empty.
    """
    if not head:
        return EMPTY
    head = head[:HEAD]
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[4:8] in _ATOMS:
        return "video/quicktime"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return next((kind for part, kind in _OFFICE if part in head), "application/zip")
    if len(head) > 14 and head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if len(head) > 196 and (head[0] == head[188] == 0x47 or head[4] == head[196] == 0x47):
        return "video/mp2t"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return _text(head)


def is_visual(media_type: str) -> bool:
    """Whether the type is an image's or a video's: such content never enters a cell, an attachment, a log or a page."""
    return media_type.startswith(("image/", "video/")) or media_type == "application/vnd.rn-realmedia"


def _text(head: bytes) -> str:
    coding = "utf-8"
    for bom, name in _BOMS:
        if head.startswith(bom):
            head, coding = head[len(bom) :], name
            break
    if coding == "utf-8" and b"\x00" in head:
        return UNKNOWN
    try:
        text = head.decode(coding)
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3:
            return _eight_bit(head)
        text = head[: error.start].decode(coding, "ignore")
    return _kind_of(text.lstrip())


def _eight_bit(head: bytes) -> str:
    """text/plain for bytes with no control characters but white space (Latin and Cyrillic code pages), else unknown."""
    control = sum(b < 32 and b not in b"\t\n\r\x0c\x1b" for b in head)
    high = sum(b >= 128 for b in head)
    return "text/plain" if not control and high * 2 <= len(head) else UNKNOWN


def _kind_of(text: str) -> str:
    low = text[:1024].lower()
    if low.startswith("<svg") or (low.startswith("<?xml") and "<svg" in low):
        return "image/svg+xml"
    if low.startswith(("<!doctype html", "<html", "<head")) or (low.startswith("<?xml") and "<html" in low):
        return "text/html"
    if low.startswith("<?xml"):
        return "application/xml"
    if low.startswith(("mime-version:", "from: <saved by", "received:", "return-path:")) or "\nmime-version:" in low:
        return "message/rfc822"
    if low.startswith(("-- mysql dump", "-- mariadb dump", "/*m!", "/*!", "-- postgresql database dump")):
        return "application/sql"
    if low.startswith(("{", "[")):
        return "application/json"
    if any(ord(c) < 32 and c not in "\t\n\r\f\x1b" for c in text):
        return UNKNOWN
    return "text/plain"
