"""Openbell: a self-hosted market desk for ordinary investors."""

__version__ = "0.1.0"
