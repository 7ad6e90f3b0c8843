"""Block files to columns, spends, clusters and walks.

From the top floor down; what stands on one floor imports only from those below it:

    attribution   whose a script may be          tracing    coins followed         coverage   what is lacking
    change_outputs  which output is change
    view          a ledger as of a pin           opening    a ledger's folder to a Ledger
    ledger        looked up, clustered, pinned   building   block files to a ledger's folder
    columns       one chain's, up to a height
    clustering    scripts of one owner; CoinJoins
    spends        the output each input spends
    scripts       every distinct script once
    blocks        block and undo files read      storage    columns on disk
    slots_kernels, row_offsets
    memory_kernels
"""

from typing import TYPE_CHECKING

from leadline.lazily import face

if TYPE_CHECKING:
    from leadline.engines.ledger.building.build import build
    from leadline.engines.ledger.ledger import Ledger
    from leadline.engines.ledger.opening import open_ledger
    from leadline.engines.ledger.storage.summary import Info

__all__ = ["Info", "Ledger", "build", "open_ledger"]

__getattr__ = face(
    __name__,
    {
        "Info": "storage.summary:Info",
        "Ledger": "ledger:Ledger",
        "build": "building.build:build",
        "open_ledger": "opening:open_ledger",
    },
)
