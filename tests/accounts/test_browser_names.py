import pytest

from oppspot.accounts.pages.browsers import browser_name

_MOZILLA = "Mozilla/5.0"
_GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{_MOZILLA} (X11; Linux x86_64) {_GECKO} Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        (
            f"{_MOZILLA} (Windows NT 10.0; x64) {_GECKO} Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (f"{_MOZILLA} (Macintosh; Intel Mac OS X 14.6; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on macOS"),
        (
            f"{_MOZILLA} (iPhone; OS 18_0 like Mac OS X) {_GECKO} Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("python-httpx2/2.16.2", "python-httpx2/2.16.2"),
        ("", ""),
    ],
)
def test_a_browser_goes_by_the_name_people_know(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
