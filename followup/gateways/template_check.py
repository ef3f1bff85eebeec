"""What is wrong with a template before any value is put in: its syntax, and every variable that nothing fills."""

from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from pathlib import Path

import yaml
from jinja2 import TemplateSyntaxError, meta, nodes
from rapidfuzz import process

from followup.domain.errors import ConfigurationError, Fault
from followup.domain.protocol_files import MAIN, ProtocolFiles
from followup.gateways.render import environment


def variable_faults(file: str, source: str, known: Collection[str]) -> list[Fault]:
    """Syntax faults, else every variable outside `known`, each with its line; no file may take in another."""
    env = environment(escape=file.endswith(".html"))
    try:
        tree = env.parse(source)
    except TemplateSyntaxError as error:
        return [Fault(f"{file} line {error.lineno}", f"is not a template: {error.message}")]
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        lines.setdefault(node.name, node.lineno)
    for name in sorted(meta.find_undeclared_variables(tree) - set(known), key=lambda unknown: lines.get(unknown, 0)):
        near = process.extractOne(name, sorted(known), score_cutoff=60)
        hint = f"did you mean {near[0]}?" if near else f"known here are {', '.join(sorted(known))}"
        faults.append(Fault(f"{file} line {lines.get(name, 1)}", f"the variable {name!r} is filled by nothing; {hint}"))
    faults.extend(
        Fault(f"{file} line {node.lineno}", "takes in another file, which a stored version lacks; write it out")
        for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport))
    )
    return faults


def uses(source: str, variable: str) -> bool:
    """True when the template fills in `variable` somewhere; False for a template that cannot be parsed."""
    try:
        return any(node.name == variable for node in environment(escape=False).parse(source).find_all(nodes.Name))
    except TemplateSyntaxError:
        return False


def read_folder(folder: Path) -> tuple[ProtocolFiles, list[Fault]]:
    """Every file of a protocol's folder, and a fault for each that is no text. Raises ConfigurationError if none."""
    files: dict[str, str] = {}
    faults: list[Fault] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.name[0] != ".")
    except OSError as error:
        raise ConfigurationError(f"{folder} is not a protocol's folder: {error.strerror}") from error
    for path in paths:
        if not path.is_file():
            faults.append(Fault(path.name, "is a folder; a protocol is one folder of files"))
            continue
        try:
            files[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            faults.append(Fault(path.name, f"is not UTF-8 (byte {error.start + 1}); save it as UTF-8"))
        except OSError as error:
            faults.append(Fault(path.name, f"cannot be read: {error.strerror}"))
    if not files and not faults:
        raise ConfigurationError(f"{folder} is empty; a protocol's folder holds {MAIN} and its texts")
    return ProtocolFiles(folder.resolve().name, files), faults


def read_main(files: ProtocolFiles) -> tuple[object, list[Fault]]:
    """What protocol.yaml holds, and a fault where it is missing or not YAML."""
    if MAIN not in files.files:
        return None, [Fault(MAIN, "is missing; it names the steps")]
    try:
        return yaml.safe_load(files.files[MAIN]), []
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return None, [Fault(f"{MAIN}{line}", f"is not YAML: {error.problem}")]
    except yaml.YAMLError as error:
        return None, [Fault(MAIN, f"is not YAML: {' '.join(str(error).split())}")]


def read_private_words(path: Path) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The words that no text may hold: language to kind to words. Raises ConfigurationError where it cannot be read."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        languages = dict.fromkeys(language for listed in data.values() for language in listed)
        return {
            language: {kind: tuple(str(word) for word in listed.get(language, ())) for kind, listed in data.items()}
            for language in languages
        }
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise ConfigurationError(f"The word list {path} cannot be read: {error}") from error


def words_on_screen(html: str) -> str:
    """The words of an HTML fragment, without its tags."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join(parser.found)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)
