"""Where the packaged lexicons and weights are, and how a reader is made of them."""

import hashlib
import tomllib
from importlib.resources import files

from followup.domain.triage.lexicon import Lexicon
from followup.domain.triage.model import Model, parse
from followup.domain.triage.reader import Reader
from followup.domain.triage.spelling import Spelling

RULES = "2026.11"
"""The rule code's own version; a reading's version adds digests of the lexicons and of the weights."""

_SPELLING = "spelling.toml"
_WEIGHTS = "weights.npz"


def load_reader(*, with_model: bool = True) -> Reader:
    """A reader made of the data in the package. Takes under a second: a caller keeps it.

    Missing or damaged weights are not an error: such a reader reads by rules alone and says so in its version.
    """
    folder = files("followup.domain.triage") / "data"
    digest = hashlib.sha256()
    tables = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith((".toml", ".txt")):
            raw = entry.read_bytes()
            digest.update(raw)
            if entry.name.endswith(".toml") and entry.name != _SPELLING:
                tables.append(tomllib.loads(raw.decode()))
    spelling = tomllib.loads((folder / _SPELLING).read_text())
    languages: dict[str, str] = {}
    for code, words in spelling["language"].items():
        for word in words.split():
            languages.setdefault(word, code)
    targets = tuple(word for words in spelling["repair"].values() for word in words.split())
    lexicon = Lexicon(tables)
    try:
        vocabulary = (folder / "vocabulary.txt").read_text().split()
    except FileNotFoundError:
        vocabulary = []
    known = frozenset((*vocabulary, *targets, *lexicon.vocabulary()))
    model, weights = _weights() if with_model else (None, "rules-only")
    return Reader(
        lexicon=lexicon,
        spelling=Spelling(spelling["both"], spelling["es"], targets, known),
        emoji=spelling["emoji"],
        languages=languages,
        model=model,
        version=f"{RULES}+{digest.hexdigest()[:8]}.{weights}",
    )


def _weights() -> tuple[Model | None, str]:
    """The second reader and its digest; (None, why) when it cannot be had."""
    folder = files("followup.domain.triage") / "data"
    try:
        checksum = (folder / f"{_WEIGHTS}.sha256").read_text().strip()
        return parse((folder / _WEIGHTS).read_bytes(), checksum), checksum[:8]
    except FileNotFoundError:
        return None, "no-weights"
    except (ValueError, KeyError, OSError):
        return None, "bad-weights"
