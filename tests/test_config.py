"""Settings: every problem at once, secrets from files, nothing unknown."""

from pathlib import Path

import pytest

from followup import config
from followup.domain.errors import ConfigurationError

GOOD = {"FOLLOWUP_SECRET_KEY": "s" * 32, "FOLLOWUP_ENCRYPTION_KEYS": "a" * 32}


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(
            {
                "FOLLOWUP_PUBLIC_URL": "ftp://x",
                "FOLLOWUP_SECRET_KEY": "short",
                "FOLLOWUP_TWILIO_ACCOUNT_SID": "AC1",
                "FOLLOWUP_COLOUR": "blue",
                "FOLLOWUP_SMTP_URL": "mail.example",
                "FOLLOWUP_DATABASE_URL": "mysql://x",
            }
        )
    for name in (
        "PUBLIC_URL",
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "TWILIO_AUTH_TOKEN",
        "COLOUR",
        "SMTP_URL",
        "DATABASE_URL",
    ):
        assert f"FOLLOWUP_{name}" in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")
    environ = {**GOOD, "FOLLOWUP_SECRET_KEY_FILE": str(tmp_path / "key")}
    del environ["FOLLOWUP_SECRET_KEY"]
    assert config.load(environ).secret_key == "f" * 40


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="FOLLOWUP_SMTP_URL_FILE"):
        config.load({**GOOD, "FOLLOWUP_SMTP_URL_FILE": str(tmp_path / "none")})


def test_without_a_database_url_the_data_directory_holds_one(tmp_path: Path) -> None:
    settings = config.load({**GOOD, "FOLLOWUP_DATA_DIR": str(tmp_path)})
    assert settings.embedded
    assert settings.database_url == f"sqlite:///{tmp_path}/followup.sqlite"


def test_encryption_keys_come_newest_first_and_postgres_urls_name_our_driver() -> None:
    settings = config.load(
        {**GOOD, "FOLLOWUP_ENCRYPTION_KEYS": f"{'n' * 32}, {'o' * 32}", "FOLLOWUP_DATABASE_URL": "postgres://h/d"}
    )
    assert settings.encryption_keys == ("n" * 32, "o" * 32)
    assert settings.database_url == "postgresql+psycopg://h/d"


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(
        config.load({**GOOD, "FOLLOWUP_SMTP_URL": "smtp://me:pass@host", "FOLLOWUP_EMAIL_FROM": "a@b.example"})
    )
    assert "ssss" not in shown
    assert "pass" not in shown


def test_an_outside_reader_is_off_unless_it_is_set_up() -> None:
    assert config.load(GOOD).outside_reader_url == ""
    on = {"FOLLOWUP_OUTSIDE_READER_URL": "https://models.example/v1/", "FOLLOWUP_OUTSIDE_READER_MODEL": "m"}
    settings = config.load({**GOOD, **on, "FOLLOWUP_OUTSIDE_READER_KEY": "k-secret"})
    assert (settings.outside_reader_url, settings.outside_reader_model) == ("https://models.example/v1", "m")
    assert "k-secret" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://models.example/v1", "ftp://localhost", "http://", "http://8.8.8.8/v1", "https://"]
)
def test_patients_words_go_out_unencrypted_only_to_this_network(url: str) -> None:
    with pytest.raises(ConfigurationError, match="OUTSIDE_READER_URL"):
        config.load({**GOOD, "FOLLOWUP_OUTSIDE_READER_URL": url, "FOLLOWUP_OUTSIDE_READER_MODEL": "m"})


@pytest.mark.parametrize(
    "url", ["http://localhost:11434/v1", "http://10.0.0.7/v1", "http://model:8080", "http://[::1]/v1"]
)
def test_a_model_on_this_machine_or_network_may_be_asked_in_the_clear(url: str) -> None:
    given = {**GOOD, "FOLLOWUP_OUTSIDE_READER_URL": url, "FOLLOWUP_OUTSIDE_READER_MODEL": "m"}
    assert config.load(given).outside_reader_url == url


def test_half_of_an_outside_reader_is_reported() -> None:
    with pytest.raises(ConfigurationError, match="OUTSIDE_READER_MODEL: must name"):
        config.load({**GOOD, "FOLLOWUP_OUTSIDE_READER_URL": "https://models.example/v1"})
    with pytest.raises(ConfigurationError, match="does nothing without"):
        config.load({**GOOD, "FOLLOWUP_OUTSIDE_READER_KEY": "k"})
