"""Block files to columns, spends, clusters and walks. Each line imports only from the lines below it:

attribution   whose a script may be           tracing   coins followed           coverage   what is lacking
change        which output is change
view          a ledger as of a pin
ledger        a ledger opened for reading     building  block files to a ledger
clustering    scripts of one owner, CoinJoins
spends        the output each input spends
scripts       every distinct script once
blocks        block and undo files read       storage   columns on disk
memory_kernels
"""

from leadline.engines.ledger.building.build import build
from leadline.engines.ledger.ledger import Ledger, open_ledger
from leadline.engines.ledger.storage.summary import Info

__all__ = ["Info", "Ledger", "build", "open_ledger"]
