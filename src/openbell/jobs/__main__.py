"""One job in a process of its own, for the clock: it is booked by whoever started this."""

from __future__ import annotations

import sys

from openbell.desk import open_desk
from openbell.jobs.table import JOBS
from openbell.model.errors import OpenbellError
from openbell.settings import Settings


def main(name: str) -> None:
    """Run the job and print its result; an error is one sentence on standard error, and exit code 1."""
    desk = open_desk(Settings())
    try:
        print(JOBS[name].run(desk, lambda _progress: None))  # noqa: T201  # its parent reads it
    except OpenbellError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    finally:
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1])
