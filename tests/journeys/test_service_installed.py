"""An installed wheel works from any directory: texts, pages and migrations are inside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.shell import clean_environment
from tests.journeys.service import answers, free_port, started

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def _call(*words: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        words, cwd=cwd, env=clean_environment(**environment), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without reaching out for anything."""
    place = tmp_path_factory.mktemp("dist")
    _call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place), cwd=ROOT)
    return next(place.glob("*.whl"))


def test_the_wheel_holds_texts_pages_and_migrations_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "followup/templates/protocols/trigger-point-injection/protocol.yaml",
        "followup/templates/messages/emergency.en.sms.txt",
        "followup/store/migrations/env.py",
        "followup/web/pages/queue.html",
        "followup/web/static/followup.css",
        "followup/simulator/page/index.html",
        "workers/tasks.py",
    ):
        assert needed in names
    data = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "followup" / "domain" / "triage" / "data").rglob("*.*")
    }
    assert data - names == set()
    assert [name for name in names if name.startswith(("tests/", "secrets/")) or name.endswith(".sqlite")] == []


def test_an_installed_wheel_runs_from_another_directory(wheel: Path, tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    _call(sys.executable, "-m", "venv", "--without-pip", str(home), cwd=tmp_path)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = home / "lib" / version / "site-packages"
    # The locked packages come from this environment; its own followup, which is this checkout, must not come with them.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(home / "bin" / "python")]
    _call(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in map(Path, sys.path):
        if entry.name == "site-packages":
            for package in entry.iterdir():
                if "followup" not in package.name and not (packages / package.name).exists():
                    (packages / package.name).symlink_to(package)
    (site / "locked.pth").write_text(f"{packages}\n")
    program = str(home / "bin" / "followup")
    settings = {"FOLLOWUP_DATA_DIR": str(tmp_path / "data")}
    where = _call(str(home / "bin" / "python"), "-c", "import followup; print(followup.__file__)", cwd=elsewhere)
    assert Path(where.strip()).is_relative_to(home)
    assert "no faults" in _call(program, "protocol", "check", cwd=elsewhere)
    assert "is at" in _call(program, "db", "upgrade", cwd=elsewhere, **settings)
    port = free_port()
    with started([program, "serve", "--port", str(port)], elsewhere, port, **settings) as service:
        service.until_ready()
        assert answers(f"{service.url}/static/followup.css")
        assert answers(f"{service.url}/")
        assert service.end() == 0, service.said()
    assert sorted(path.name for path in elsewhere.iterdir() if not path.name.startswith("said-")) == []
