"""The desk from the command line: the verbs, how they show things, starting the desk, and the doctor."""

from openbell.cli.program import main

__all__ = ["main"]
