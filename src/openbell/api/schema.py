"""Print the API's OpenAPI document: `python -m openbell.api.schema`. The page's client types are made from it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from openbell.api.app import create_app
from openbell.desk import open_desk
from openbell.settings import Settings


def main() -> None:
    """Write the document to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Settings(home=Path(folder), offline=True))
        document = create_app(desk, jobs=False).openapi()
        desk.close()
    document["info"]["version"] = "v1"
    json.dump(document, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
