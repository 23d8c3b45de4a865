"""Data of inference: what words, products and editions mean."""
