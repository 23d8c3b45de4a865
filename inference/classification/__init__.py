"""What machines are for, by rules, tags, attributes, folders and names."""
