"""Where the texts lie: inside an installed wheel, or beside the package in a checkout."""

from pathlib import Path

from followup.domain.errors import ConfigurationError


def templates_dir() -> Path:
    """The folder with `protocols/` and `messages/`, whatever the working directory.

    Raises ConfigurationError where the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "protocols").is_dir() and (folder / "messages").is_dir():
            return folder
    raise ConfigurationError(f"The texts are missing: no templates folder in {package}; install followup again.")
