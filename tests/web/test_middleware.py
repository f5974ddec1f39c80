import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from oppspot.web.middleware.body_limit import DEFAULT_LIMIT
from oppspot.web.middleware.origin_check import is_own_site

PROBE = "/_patterns"


def test_every_answer_carries_the_security_headers(client):
    for path in (PROBE, "/nowhere", "/api/missing"):
        headers = client.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_inline_script_is_ever_allowed(client):
    policy = client.get(PROBE).headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "frame-ancestors 'none'" in policy


def test_transport_security_is_only_promised_over_https(quiet_app):
    assert "strict-transport-security" not in TestClient(quiet_app).get(PROBE).headers
    assert "strict-transport-security" in TestClient(quiet_app, base_url="https://t").get(PROBE).headers


def test_static_files_keep_their_own_caching(client):
    assert client.get("/static/x/app.css").headers["cache-control"] == "no-cache"


def test_a_request_id_of_the_proxy_is_kept(client):
    assert client.get(PROBE, headers={"x-request-id": "abc-123.DEF"}).headers["x-request-id"] == "abc-123.DEF"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space here", '"><script>alert()'])
def test_a_request_id_that_looks_like_something_else_is_replaced(client, given):
    assert client.get(PROBE, headers={"x-request-id": given}).headers["x-request-id"] != given


def test_one_line_is_logged_per_request_without_the_query(client):
    with capture_logs() as lines:
        answer = client.get(f"{PROBE}?q=personal")
    (line,) = lines
    assert (line["event"], line["path"], line["status"]) == ("request", PROBE, 200)
    assert line["log_level"] == "info"
    assert line["duration_ms"] > 0
    assert "personal" not in str(line)
    assert answer.headers["x-request-id"]


def test_a_crash_is_logged_as_one(client):
    with capture_logs() as lines:
        client.get("/crash")
    assert [(line["status"], line["failed_with"]) for line in lines] == [(500, "RuntimeError")]


def test_probes_and_files_are_quiet(client):
    with capture_logs() as lines:
        client.get("/static/x/app.css")
        client.get("/healthz")
    assert {line["log_level"] for line in lines} == {"debug"}


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://leads.example"}, True),
        ({"origin": "http://here"}, True),
        ({"origin": "http://here:81"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
    ],
)
def test_browsers_say_where_a_request_comes_from(headers, own):
    assert is_own_site(Headers({"host": "here"} | headers), frozenset({"leads.example"})) is own


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_a_write_from_another_site_is_not_carried_out(quiet_app, headers):
    answer = TestClient(quiet_app, headers=headers, cookies={"session": "x"}).post("/api/raw", content=b"x")
    assert (answer.status_code, answer.json()["title"]) == (403, "Not allowed")


def test_logging_in_from_another_site_is_refused_without_any_cookie(client):
    assert client.post("/write", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_reading_from_another_site_is_what_links_are(client):
    assert client.get(PROBE, headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_machine_with_a_key_is_not_asked(client):
    headers = {"origin": "https://evil.example", "authorization": "Bearer x"}
    assert client.post("/api/raw", content=b"x", headers=headers).status_code == 200


def test_another_site_cannot_open_a_live_connection(client):
    with client.websocket_connect("/echo", headers={"origin": "http://testserver"}):
        pass
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/echo", headers={"origin": "https://evil.example"}),
    ):
        pass


def pieces(size: int):
    for _ in range(size // 1000):
        yield b"x" * 1000


def test_a_body_up_to_the_limit_is_read(client):
    assert client.post("/api/raw", content=b"x" * DEFAULT_LIMIT).json() == DEFAULT_LIMIT


def test_a_body_over_the_limit_is_refused_by_its_declared_length(client):
    answer = client.post("/api/raw", content=b"x" * (DEFAULT_LIMIT + 1))
    assert answer.status_code == 413
    assert "1,048,576 bytes" in answer.json()["detail"]


def test_a_body_that_hides_its_length_is_refused_while_it_streams(client):
    answer = client.post("/api/raw", content=pieces(DEFAULT_LIMIT + 2000))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_json_over_the_limit_is_too_large_not_malformed(client):
    headers = {"content-type": "application/json"}
    assert client.post("/api/companies", content=pieces(DEFAULT_LIMIT + 2000), headers=headers).status_code == 413


def test_a_path_for_files_accepts_more(client):
    assert client.post("/upload", content=pieces(3_000_000)).json() == 3_000_000
    assert client.post("/upload", content=pieces(4_002_000)).status_code == 413


def test_a_person_reads_a_page_about_it(person):
    answer = person.post("/write", content=b"x" * (DEFAULT_LIMIT + 1))
    assert answer.status_code == 413
    assert "Too large" in answer.text
