"""What an anonymised recording keeps of texts: the words that inference reads in them, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields
from functools import lru_cache

from collector.vcenter.anonymise import Vocabulary
from inference.classification.attributes import denies, kind_of, speaks_of_edge
from inference.classification.lexicon import Lexicon, Meaning, builtin
from inference.classification.notes import Note, read_note, speaks_of_backup, words_in
from inference.events.accounts import is_import, makes_agents, role_of
from inference.products import data_file, is_backup_snapshot, storage_recovery_hints, table

PLATFORM = ("com.vmware.", "vcloud director", "virtualcenter", "hostdiag")
"""Beginnings of extension keys that the platform and its own products use."""

AGENTS = ("vcls (", "vcls-", "vcls")
"""Beginnings of names that vCenter gives to its agents."""

_MARK = "-x1z"
_LETTERS = re.compile(r"[a-z]+")
_WORDS = re.compile(r"[A-Za-z0-9]+")


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of the data that comes with the program."""
    lexicon = builtin()
    attributes, accounts = data_file("attributes.yaml"), data_file("accounts.yaml")
    keys = {key for product in table() for key in product.keys}
    return Vocabulary(
        name=lambda text: _name(text, lexicon),
        account=_account,
        attribute=_attribute,
        value=lambda text: _value(text, lexicon),
        whole=_whole,
        snapshot=_snapshot,
        note=_note,
        prefixes=(*lexicon.desktop_parents, *AGENTS),
        plain=frozenset(attributes["empty"]) | frozenset(attributes["critical"]),
        accounts=frozenset(accounts["platform"]["names"]) | {"root"},
        extensions=tuple(sorted({*PLATFORM, *keys, *lexicon.appliance_managers}, key=len, reverse=True)),
    )


def _name(text: str, lexicon: Lexicon) -> str:
    """Words that read as a name does, to the lexicon and as a hint at an import or at recovery by the storage.

    They are its own words, unless that would spell out the name.
    """
    low = text.lower()
    imports = [word for word in data_file("accounts.yaml")["import"]["words"] if word in low] if is_import(text) else []
    hints = storage_recovery_hints().intersection(_LETTERS.findall(low))
    silent = sorted(word for word in {*imports, *hints} if lexicon.read(word) == Meaning())
    own = "-".join(filter(None, [_meaning(text, lexicon), *silent]))
    return own if low not in own else "-".join(filter(None, [_meaning(text, lexicon, own=False), *silent]))


def _meaning(text: str, lexicon: Lexicon, *, own: bool = True) -> str:
    """Words of the lexicon that read as a text does, where possible those that stand in it if ``own``, else others."""
    meaning, low = lexicon.read(text), text.lower()
    words = [
        _word(low, (word for word, app in lexicon.apps.items() if app == meaning.app), own=own),
        _word(low, (word for word, environment in lexicon.environments.items() if environment == meaning.environment), own=own),
        _word(low, sorted(lexicon.desktops), own=own) if meaning.desktop else "",
        _appliance(low, lexicon) if meaning.appliance else "",
    ]
    return "-".join(filter(None, words))


def _word(low: str, words: Iterable[str], *, own: bool) -> str:
    """The longest of the words that is in a text and not all of it, or the first that is not in it; else the first."""
    every = list(words)
    inside = sorted((word for word in every if word in low and word != low), key=len, reverse=True) if own else []
    others = [word for word in every if word not in low]
    return next(iter([*inside, *others, *every]), "")


def _appliance(low: str, lexicon: Lexicon) -> str:
    """What says that a text names an appliance: the beginning of a word, or several words."""
    others = (*lexicon.desktop_parents, *AGENTS)
    prefixes = [prefix for prefix in lexicon.appliance_prefixes if not f"{prefix}-".startswith(others)]
    inside = [prefix for prefix in prefixes if prefix in low]
    together = ["-".join(sorted(words)) for words in lexicon.appliance_sets if all(word in low for word in words)]
    return next(iter([*inside, *together, *prefixes]))


def _account(text: str) -> str:
    """Words that give an account the same role: the fewest of its own that do."""
    low = text.lower()
    kinds = [entry for entry in data_file("accounts.yaml").values() if isinstance(entry, dict)]
    known = {word.strip("-") for entry in kinds for word in (*entry.get("words", ()), *entry.get("prefixes", ()))}
    inside = sorted((word for word in known if word in low), key=lambda word: (low.index(word), -len(word)))
    several = [word for word in inside if not any(word != other and word in other for other in inside)]
    return _same(
        text,
        ("", *inside, "-".join(several), "svc", "vpxd", "sa"),
        lambda said: (role_of(said), makes_agents(said), is_import(said)),
    )


def _attribute(text: str) -> str:
    """The words that tell what a custom attribute or a category of tags is for."""
    said, kind = words_in(text), kind_of(text)
    word = next((word for word in data_file("attributes.yaml")["fields"][kind] if word in said), "") if kind else ""
    return "-".join(filter(None, [word, data_file("notes.yaml")["backup"][0] if speaks_of_backup(text) else "", _edge(text)]))


def _value(text: str, lexicon: Lexicon) -> str:
    """Words that read as the value of a custom attribute or the name of a tag does, but for "no" none of them its own."""
    backup = f"{data_file('notes.yaml')['backup'][0]}ed" if speaks_of_backup(text) else ""  # no word of the lexicon
    denied = data_file("notes.yaml")["denied"][0] if denies(text) else ""
    return "-".join(filter(None, [denied, backup, _edge(text), _meaning(text, lexicon, own=False)]))


def _edge(text: str) -> str:
    """A word that speaks of the edge, where a text does."""
    return data_file("attributes.yaml")["edge"][0] if speaks_of_edge(text) else ""


def _note(text: str) -> str:
    """Words of the data that tell the same, and nothing of what the note says of it."""
    told, known = read_note(text), data_file("notes.yaml")
    words = {
        "backup": known["backup"][0],
        "self_service": " ".join(known["self_service"][0]),
        "owner": f"{known['owner'][0]}: recorded",
    }
    return "\n".join(words[field.name] for field in fields(Note) if getattr(told, field.name))


def _whole(text: str) -> str:
    """The words of a value that as a whole says "critical", without anything around and between them."""
    words = _WORDS.findall(text)
    return "-".join(words) if "".join(words).lower() in data_file("attributes.yaml")["critical"] else ""


def _snapshot(text: str) -> str:
    """The words that tell a snapshot of a backup product, and none of one that a person took."""
    known = data_file("snapshots.yaml")
    words = (*known["products"], *known["short"], *known["general"]) if is_backup_snapshot(text) else ()
    return "-".join(word for word in words if word in text.lower())


def _same(text: str, candidates: Iterable[str], read: Callable[[str], Hashable]) -> str:
    """The first candidate that reads as the text does, once it is part of a pseudonym; nothing where none does."""
    wanted = read(text)
    return next((candidate for candidate in candidates if read(f"{candidate or 'user'}{_MARK}") == wanted), "")
