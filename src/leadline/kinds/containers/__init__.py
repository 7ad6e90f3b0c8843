"""Every container, and which one a path is."""

from pathlib import Path

from leadline.kinds.container import Container
from leadline.kinds.containers.folder import FOLDER

CONTAINERS: tuple[Container, ...] = (FOLDER,)


def container_of(path: Path) -> Container | None:
    """The container that a path is; None for a plain file."""
    return next((container for container in CONTAINERS if container.holds(path)), None)
