"""What a screen shows, as values: the terminal and the workbench call these, and compute nothing themselves.

What takes long to load and only one option of a look needs is a name of the package, loaded when it is asked for.
"""

from typing import TYPE_CHECKING

from leadline.lazily import face

if TYPE_CHECKING:
    from leadline.views.other_side import for_the_other_side

__all__ = ["for_the_other_side"]

__getattr__ = face(__name__, {"for_the_other_side": "other_side:for_the_other_side"})
