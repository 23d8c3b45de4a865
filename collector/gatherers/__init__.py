"""One module per topic: the properties that are read and how they become facts. No requests are sent here."""
