"""The page and the JSON API over the last published result."""
