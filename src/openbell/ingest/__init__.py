"""From a source into the lake: quality checks, imports of files, fetches from vendors, the latest quotes."""
