"""The laboratory: estates made by behaviour scripts, and what the shipped model says about them. No truth reaches inference."""
