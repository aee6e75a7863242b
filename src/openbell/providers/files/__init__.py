"""Price files of any vendor -> frames: CSV (plain, gzip, zip), text and Parquet, recognised by their content."""

from openbell.providers.files.contents import Contents, Reading
from openbell.providers.files.reading import read
from openbell.providers.files.source import FileSource
from openbell.providers.files.unpack import find

__all__ = ["Contents", "FileSource", "Reading", "find", "read"]
