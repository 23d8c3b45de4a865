"""The front door: wires collector, inference and exporters and keeps the process alive."""

from importlib.metadata import version

__version__ = version("vjourney")
