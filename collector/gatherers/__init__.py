"""One file per topic: the property paths it wants and a pure parse of them to facts."""
