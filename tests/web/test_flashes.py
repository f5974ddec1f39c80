import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from oppspot.web.flashes import COOKIE, Flash, FlashCookie


@pytest.fixture
def after_write(person: TestClient) -> TestClient:
    answer = person.post("/write", data={"name": "Norrsken <b>"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/_patterns")
    return person


def test_what_happened_is_told_once(after_write):
    assert "Norrsken &lt;b&gt; was saved." in after_write.get("/_patterns").text
    assert "was saved." not in after_write.get("/_patterns").text


def test_the_way_back_is_a_post(after_write):
    assert '<form method="post" action="/undo">' in after_write.get("/_patterns").text


def test_it_is_told_beside_a_part_of_a_page_too(after_write):
    part = after_write.get("/_patterns", headers={"hx-request": "true"})
    assert "<!doctype" not in part.text
    assert 'hx-swap-oob="beforeend"' in part.text
    assert "was saved." in part.text


def test_two_writes_before_a_page_are_both_told(person):
    person.post("/write", data={"name": "One"})
    person.post("/write", data={"name": "Two"})
    page = person.get("/_patterns").text
    assert "One was saved." in page
    assert "Two was saved." in page


@pytest.mark.parametrize("forged", ["", "nonsense", "W10.abc.def"])
def test_a_forged_message_is_not_shown(person, forged):
    person.cookies.set(COOKIE, forged)
    assert person.get("/_patterns").status_code == 200


def test_a_message_signed_with_another_key_is_not_shown(person):
    request, response = (
        Request({"type": "http", "path": "/", "query_string": b"", "headers": [], "server": ("t", 80)}),
        Response(),
    )
    FlashCookie("another secret, as long as ours is").write(request, response, [Flash("Pay here")])
    person.headers["cookie"] = response.headers["set-cookie"].partition(";")[0]
    assert "Pay here" not in person.get("/_patterns").text


def test_long_messages_fit_a_cookie(person):
    for _ in range(4):
        answer = person.post("/write", data={"name": "ß" * 5000})
    assert len(answer.headers["set-cookie"]) < 4096
    assert Flash("x").undo is None
