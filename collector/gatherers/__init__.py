"""One file per topic: what it wants of vCenter and how that becomes facts. Nothing here touches the wire."""
