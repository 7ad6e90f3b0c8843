"""SQL dumps of MySQL and MariaDB, whoever wrote them."""

from leadline.kinds.readers.sqldump.reading import SQLDUMP

__all__ = ["SQLDUMP"]
