"""What the free text of a machine tells."""

from __future__ import annotations

import pytest

from inference.classification.notes import read_note


@pytest.mark.parametrize(
    "note",
    [
        *("Ansprechpartner: J. Doe", "Propriétaire = équipe SAP", "Eigentümer: Vertrieb", "Contact: x"),
        *("Contatto: Bianchi", "Właściciel: Kowalski", "Ägare: Svensson", "Owner: n/a; Contact: J. Doe"),
    ],
)
def test_notes_name_owners_in_several_languages(note: str) -> None:
    """A word for who answers for a machine, and a name behind it."""
    assert read_note(note).owner


@pytest.mark.parametrize(
    "note", ["Owner: n/a", "Owner: TBD, move to site B", "Owner:\nProject: X", "Ansprechpartner: unbekannt", "Owner:"]
)
def test_an_owner_that_nobody_wrote_down_is_none(note: str) -> None:
    """What a form leaves empty."""
    assert not read_note(note).owner


@pytest.mark.parametrize(
    "note",
    [
        *("Veeam Backup: Job name: [Daily], Backup host: [VBR01]", "Backed up daily", "Sicherung: täglich", "Rubrik SLA gold"),
        *("Backup server: nbu01", "Old backup server. Backup: Gold", "Säkerhetskopia varje natt"),
    ],
)
def test_notes_tell_that_a_machine_is_copied(note: str) -> None:
    """By a product or by a person, in several languages."""
    assert read_note(note).backup


@pytest.mark.parametrize(
    "note",
    [
        *("Kein Backup", "pas de sauvegarde", "sin respaldo", "geen backup", "bez backupu", "Not backed up", "nicht im Backup"),
        *("Backup domain controller", "backup exec server for site B", "Versicherung", "Do not back up"),
    ],
)
def test_a_denial_and_a_machine_for_backups_are_no_copy(note: str) -> None:
    """The one says no, the other what the machine is."""
    assert not read_note(note).backup
