"""The management report: where the organisation stands, what it gained, what changed and what comes next."""
