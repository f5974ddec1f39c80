from oppspot.accounts.permissions import PERMISSIONS, ROLE_PERMISSIONS, Role
from oppspot.web.navigation import NAV, Place, is_at, visible

PLACES = [place for section in NAV for place in section.places]


def test_every_place_names_a_permission_that_exists():
    assert {place.permission for place in PLACES} <= PERMISSIONS.keys()


def test_every_place_has_its_own_key_and_address():
    assert len({place.key for place in PLACES}) == len({place.href for place in PLACES}) == len(PLACES)


def test_an_owner_sees_every_place():
    assert visible(NAV, ROLE_PERMISSIONS[Role.OWNER].__contains__) == NAV


def test_a_viewer_is_not_shown_what_only_others_may_open():
    shown = [
        place.label for section in visible(NAV, ROLE_PERMISSIONS[Role.VIEWER].__contains__) for place in section.places
    ]
    assert "Leads" in shown
    assert {"Imports", "Settings", "Audit"}.isdisjoint(shown)


def test_a_section_with_nothing_to_show_disappears():
    assert visible(NAV, lambda _: False) == ()


def test_a_place_is_current_below_itself_but_not_beside():
    leads = Place("Leads", "/leads", "users", None, "l")
    assert [is_at(leads, path) for path in ("/leads", "/leads/7", "/leadsx", "/")] == [True, True, False, False]
