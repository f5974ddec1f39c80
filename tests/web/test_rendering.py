import pytest
from jinja2 import UndefinedError
from starlette.testclient import TestClient

from oppspot.web.assets import Assets
from oppspot.web.environment import build_environment
from oppspot.web.themes import local_path

HTMX = {"hx-request": "true"}


def test_a_browser_gets_the_page(person: TestClient):
    text = person.get("/_patterns?q=volta").text
    assert text.startswith("<!doctype html>")
    assert "Volta Cold Chain" in text
    assert "Norrsken Pumps</span>" not in text


def test_htmx_gets_only_the_block(person: TestClient):
    answer = person.get("/_patterns?q=volta", headers=HTMX)
    assert answer.text.lstrip().startswith('<div class="table-wrap"')
    assert answer.headers["vary"] == "HX-Request"


@pytest.mark.parametrize("header", ["hx-boosted", "hx-history-restore-request"])
def test_boosted_links_and_restored_history_get_the_page(person: TestClient, header):
    assert person.get("/_patterns", headers=HTMX | {header: "true"}).text.startswith("<!doctype html>")


def test_a_form_that_is_not_accepted_comes_back_with_what_is_wrong(person: TestClient):
    answer = person.post("/_patterns/form", data={"company": ""})
    assert answer.status_code == 422
    assert 'href="#field-company"' in answer.text
    assert 'aria-describedby="field-company-hint field-company-error"' in answer.text


def test_the_page_marks_where_we_are(person: TestClient):
    text = person.get("/_patterns").text
    assert text.count('aria-current="page"') == 3  # breadcrumb, view, tab; no place of the navigation


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_theme_is_chosen_with_a_plain_form_and_remembered(person: TestClient, theme):
    answer = person.post("/preferences/theme", data={"theme": theme, "back_to": "/_patterns?q=x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/_patterns?q=x")
    assert f'data-bs-theme="{theme}"' in person.get("/_patterns").text


def test_a_theme_that_is_none_of_ours_follows_the_system(person: TestClient):
    person.cookies.set("oppspot_theme", '"><script>')
    assert 'data-bs-theme="auto"' in person.get("/_patterns").text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "", None])
def test_nobody_is_sent_to_another_site(path):
    assert local_path(path, "/home") == "/home"


def test_an_unknown_name_in_a_template_is_an_error():
    environment = build_environment(Assets(), reload=False)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ ui.no_such_component() }}").render()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()


def test_values_are_escaped():
    environment = build_environment(Assets(), reload=False)
    shown = environment.from_string("{{ ui.badge(text) }}{{ ui.person(text) }}").render(text="<script>")
    assert "<script>" not in shown
