"""Spelling: how the names of machines are put together, whatever their words mean."""

from __future__ import annotations

import re
import unicodedata

DIGITS = "0123456789"

_TOKENS = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OWN_ENDINGS = "corp|dom|home|int|internal|intra|lab|lan|loc|local|localdomain|priv|private"
_DOMAIN = re.compile(
    rf"^([^.\s]+)\.((?:[\w-]+\.)*(?:{_OWN_ENDINGS}|com|net|org|edu|gov|mil|biz|info|io|cloud|example|test|[a-z]{{2}}))$",
    re.IGNORECASE,
)
_OWN_DOMAIN = re.compile(rf"(?:^|.*\.)(?:{_OWN_ENDINGS})$")
_ENVIRONMENT_LETTER = re.compile(
    r"(?<=[a-z0-9][-_ ])[a-z](?=[-_ ])"  # nyc-t-sql01
    r"|^[a-z](?=[-_][a-z]+\d*[-_])"  # p-sap-app01, and not T-SQL
    r"|(?<=[a-z0-9][-_])[a-z]\d{2,3}(?=[-_ ]|$)"  # hana-p01
    r"|(?<=[a-z0-9][-_])[a-ce-z]$"  # crm-app-q; a letter "d" at the end counts nodes
)
_OF_KUBERNETES = "[bcdfghjklmnpqrstvwxz2456789]"
_IDENTIFIER = re.compile(
    r"(?<![a-z0-9])(?=(?:[a-f]*\d){3})[0-9a-f]{8}(?:-[0-9a-f]{4}){1,3}(?:-[0-9a-f]{12})?(?![a-z0-9])"  # a UUID or its beginning
    rf"|(?<=-)(?=[a-z]*\d){_OF_KUBERNETES}{{8,10}}-{_OF_KUBERNETES}{{5}}$",  # of a set of nodes and of one of them
    re.IGNORECASE,
)
_TIER = re.compile(r"^tier[-_ ]+(?=\d)")
_DATA_CENTRE = re.compile(r"dc\d+")
_LETTERS_OF_THEIR_OWN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "Ae", "đ": "d", "Đ": "D"}
)
_ARTICLES = frozenset({"de", "des", "du", "del", "di", "da", "of"})
_SEPARATORS = "-_ "
_A_NUMBER = "-0"


def parts(text: str) -> tuple[str, list[str]]:
    """A name in lower case, with spaces between words and without identifiers, and what of its domain nobody registered."""
    plain = fold(text)
    found = _DOMAIN.match(plain)
    own = _IDENTIFIER.sub(" ", found[1] if found else plain)
    low = _TIER.sub("tier", _CAMEL.sub(" ", own).lower())
    if not found:
        return low, []
    labels = found[2].lower().split(".")
    return low, labels if _OWN_DOMAIN.match(found[2].lower()) else labels[:-2]


def coded_letters(low: str) -> list[str]:
    """The letters of a name that may stand for an environment, with a number behind: ``t`` in ``nyc-t-sql01``, or ``p01``."""
    return _ENVIRONMENT_LETTER.findall(low)


def fold(text: str) -> str:
    """A text without accents: ``Produccion`` for ``Producción``, ``Miljo`` for ``Miljø``."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS_OF_THEIR_OWN))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def tokens(low: str) -> list[str]:
    """The words and numbers of a name, without the articles between two others ("bases de datos").

    Nor with a data centre before the machine's own: ``dc1`` in ``dc1-vm-0042``.
    """
    every: list[str] = _TOKENS.findall(low)
    found = [token for place, token in enumerate(every) if token not in _ARTICLES or place in {0, len(every) - 1}]
    if len(found) > 1 and _DATA_CENTRE.fullmatch(found[0]) and found[-1][-1].isdigit():
        rest = found[1:]
        return rest if any(not token.isdigit() for token in rest) else found
    return found


def without_numbers(text: str) -> str:
    """A name with one number in place of those that stand alone at its end, which say nothing.

    Names with a domain are left as they are, and so are those that begin with a tier or hold an identifier.
    """
    if "." in text or text[:4].lower() == "tier" or _IDENTIFIER.search(text):
        return text
    whole, end = text, text.rstrip(DIGITS)
    while end != text and end and end[-1] in _SEPARATORS:
        text = end.rstrip(_SEPARATORS)
        end = text.rstrip(DIGITS)
    return text if text == whole else f"{text}{_A_NUMBER}"


def split(letters: str, known: frozenset[str]) -> list[str]:
    """One way to write ``letters`` as known words, preferring long ones; empty where there is none."""
    if not letters:
        return []
    for end in range(len(letters), 1, -1):
        if letters[:end] in known and (end == len(letters) or (rest := split(letters[end:], known))):
            return [letters[:end], *(rest if end < len(letters) else [])]
    return []
