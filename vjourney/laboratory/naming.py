"""Naming: what people call machines and folders. Some sites say what a machine does, some only file it, some say nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BUSINESS = (
    ("sql", "Databases"),
    ("exch", "Messaging"),
    ("sap", "SAP"),
    ("oracle", "Oracle"),
    ("erp", "ERP"),
    ("crm", "CRM"),
    ("sharepoint", "Collaboration"),
    ("billing", "Finance"),
    ("wms", "Logistics"),
    ("pacs", "Clinical"),
    ("qad", "Plant"),  # the last four are in no list of usual names: real sites have their own
    ("cimplicity", "Plant"),
    ("proalpha", "Line of Business"),
    ("kisters", "Line of Business"),
)
PLAIN = ("dc", "file", "print", "web", "dns", "ctx", "wsus", "jump", "mon", "app", "util", "ftp", "intranet", "backup")
TRIAL = ("test", "dev", "poc", "demo", "tmp", "build")
HABITS = ("telling", "site_code", "filed", "mute")
HABIT_SHARES = (0.55, 0.2, 0.17, 0.08)


@dataclass(frozen=True, slots=True)
class Naming:
    """The habit of one organisation and which business applications it has, in the order in which they moved."""

    habit: str
    applications: tuple[tuple[str, str], ...]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Naming:
        """A habit and an order of applications; databases and mail tend to come early."""
        pull = np.array([3.0, 2.0, 1.2, 1.2, *[0.8] * (len(BUSINESS) - 4)])
        order = rng.choice(len(BUSINESS), size=len(BUSINESS), replace=False, p=pull / pull.sum())
        return cls(str(rng.choice(HABITS, p=HABIT_SHARES)), tuple(BUSINESS[int(place)] for place in order))

    def of(self, kind: str, number: int, rng: np.random.Generator, kinds: float = 3.0) -> tuple[str, str]:
        """A name and a folder for a machine of ``kind``: ``business``, ``plain`` or ``trial``."""
        folder = ""
        if kind == "business":
            reach = max(1, min(len(self.applications), round(kinds)))
            word, folder = self.applications[int(rng.integers(0, reach))]
        else:
            words = PLAIN if kind == "plain" else TRIAL
            word = words[int(rng.integers(0, len(words)))]
            folder = "Test and Development" if kind == "trial" else "Servers"
        if self.habit == "telling":
            return f"{'prd' if kind == 'business' else 'srv'}-{word}-{number:03d}", ""
        if self.habit == "site_code":
            return f"lon{word}{number:03d}", ""
        return f"v{rng.integers(0, 16**4):04x}{number:04d}", folder if self.habit == "filed" else ""
