"""The evidence formats Leadline reads: one file each, listed here in the order they are asked."""

from leadline.kinds.reader import Reader
from leadline.kinds.readers.bson import BSON
from leadline.kinds.readers.folder import FOLDER
from leadline.kinds.readers.page import PAGE
from leadline.kinds.readers.sqldump import SQLDUMP
from leadline.kinds.readers.sqlite import SQLITE
from leadline.kinds.readers.table import TABLE
from leadline.kinds.readers.weblog import WEBLOG
from leadline.kinds.readers.workbook import WORKBOOK

READERS: tuple[Reader, ...] = (SQLITE, WORKBOOK, FOLDER, BSON, SQLDUMP, PAGE, WEBLOG, TABLE)
"""Every reader; the first whose `sniff` agrees reads the file, those with the surest signatures first."""
