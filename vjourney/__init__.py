"""The front door: wires collector, inference and exporters and keeps the process alive."""
