"""At which revision a database is, told without the tool that migrates."""

import subprocess
import sys

from alembic.config import Config
from alembic.script import ScriptDirectory

from followup.store import revisions


def test_the_newest_revision_is_the_one_that_the_migrating_tool_would_go_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(revisions.MIGRATIONS))
    assert revisions.head() == ScriptDirectory.from_config(config).get_current_head()


def test_a_sending_worker_does_not_load_the_migrating_tool() -> None:
    code = "import sys, workers.tasks, workers.process; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
