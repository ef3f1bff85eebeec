"""The dashboard as a page: figures without a name, filters that answer clearly, a file for a spreadsheet."""

from tests.web.staff.conftest import Browser


def test_the_page_shows_figures_and_names_nobody(nurse: Browser) -> None:
    page = nurse.get("/dashboard")
    assert page.status_code == 200
    assert "Day two check" in page.text
    assert "Waiting times" in page.text
    for name in ("Holloway", "Nguyen", "Okonkwo"):
        assert name not in page.text


def test_filters_that_are_wrong_say_so_and_the_page_still_shows(nurse: Browser) -> None:
    answer = nurse.get("/dashboard?first=2026-03-09&last=2026-03-01")
    assert answer.status_code == 422
    assert "Choose a first day" in answer.text
    assert nurse.get("/dashboard?office=Mars").status_code == 422
    assert nurse.get("/dashboard?protocol=trigger-point-injection").status_code == 200


def test_the_file_has_the_figures_of_the_page(nurse: Browser) -> None:
    answer = nurse.get("/dashboard.csv?first=2026-03-01&last=2026-03-03")
    assert answer.headers["content-disposition"] == 'attachment; filename="dashboard-2026-03-01-2026-03-03.csv"'
    assert answer.text.startswith("\ufefffirst day,last day,office,protocol,table")
    assert nurse.get("/dashboard.csv?first=x").status_code == 422
