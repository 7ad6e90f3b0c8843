"""What a screen shows, as values: the terminal and the workbench call these, and compute nothing themselves.

What takes long to load and only one option of a look needs is a name of the package, loaded when it is asked for.
"""

from typing import TYPE_CHECKING

from leadline.lazily import face

if TYPE_CHECKING:
    from leadline.views.disclosure import disclosure_page

__all__ = ["disclosure_page"]

__getattr__ = face(__name__, {"disclosure_page": "disclosure:disclosure_page"})
