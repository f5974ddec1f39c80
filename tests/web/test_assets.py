import gzip

import pytest
from starlette.testclient import TestClient

from oppspot.web.assets import Assets


@pytest.fixture
def files(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "app.css").write_text("body { color: red }" * 20)
    (tmp_path / "js" / "x.js").write_text("export default 1;")
    (tmp_path / "notes.txt").write_text("not served")
    return tmp_path


def test_a_file_is_kept_for_ever_under_its_hash(files):
    assets = Assets(files)
    answer = TestClient(assets).get(assets.url("js/x.js"))
    assert (answer.status_code, answer.text) == (200, "export default 1;")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_any_change_changes_every_address(files):
    before = Assets(files).url("js/x.js")
    (files / "app.css").write_text("body { color: blue }")
    assert Assets(files).url("js/x.js") != before


def test_a_page_from_before_a_release_still_finds_its_files(files):
    answer = TestClient(Assets(files)).get("/static/000000000000/app.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_text_is_compressed_for_those_who_take_it(files):
    assets = Assets(files)
    with TestClient(assets).stream("GET", assets.url("app.css"), headers={"accept-encoding": "gzip"}) as answer:
        assert gzip.decompress(b"".join(answer.iter_raw())) == (files / "app.css").read_bytes()
    plain = TestClient(assets).get(assets.url("app.css"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["notes.txt", "../conftest.py", "nothing.css", ""])
def test_nothing_else_is_served(files, path):
    assets = Assets(files)
    assert TestClient(assets).get(f"/static/{assets.version}/{path}").status_code == 404


def test_files_are_only_read(files):
    assets = Assets(files)
    assert TestClient(assets).post(assets.url("app.css")).status_code == 405


def test_a_page_cannot_name_a_file_that_is_not_there(files):
    with pytest.raises(KeyError):
        Assets(files).url("app.cs")


def test_what_the_build_has_not_brought_is_named(files):
    assert "vendor/htmx.min.js" in Assets(files).missing()
    assert Assets().missing() == ()
