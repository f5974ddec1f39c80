"""Forms show what the choice asks for and nothing else; long work shows its end though nobody was told of it."""

import pytest
from playwright.sync_api import expect
from tests.contracts.worlds import World
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.db]


def test_only_what_is_chosen_asks_for_more(site: Site, lively: World) -> None:
    page = site.open("/routing/redistribute", lively.cast.manager)
    asked = page.locator("form.choosing select:visible, form.choosing [name=rep_ids]:visible")

    def names() -> set[str | None]:
        return {each.get_attribute("name") for each in asked.all()}

    assert names() == {"team_id"}
    page.get_by_text("Even out some reps").click()
    assert names() == {"rep_ids"}
    page.get_by_text("Somebody leaves").click()
    assert names() == {"rep_id", "cover_id"}
    site.pages.expect("422")
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_text("Even out a team").click()
    assert names() == {"team_id", "rep_id"}, "what is wrong stands there whatever is chosen"


def test_a_condition_offers_its_own_comparisons_and_a_group_more_is_kept(site: Site, lively: World) -> None:
    page = site.open("/routing/rules/new", lively.cast.manager)
    page.locator("[name=name]").fill("In groups")
    page.get_by_label("Field of condition 1").select_option("lead.created_at")
    comparisons = page.get_by_label("Comparison of condition 1")
    assert "is longer ago than" in comparisons.inner_text()
    assert "contains" not in comparisons.inner_text()
    comparisons.select_option("older_than")
    value = page.get_by_label("Value of condition 1")
    assert value.get_attribute("placeholder") == "7 days"
    value.fill("3 days")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_label("Field of condition 1 of group 2").select_option("company.country")
    country = page.get_by_label("Value of condition 1 of group 2")
    country.fill("DE")
    assert page.locator(f"#{country.get_attribute('list')} option".replace(".", "\\.")).count() > 200
    page.get_by_label("Comparison of condition 1 of group 2").select_option("is_known")
    assert country.is_hidden()
    page.get_by_role("button", name="Remove group 1").click()
    assert page.get_by_label("Field of condition 1").input_value() == "company.country"


def test_enter_saves_and_removes_no_group_and_a_new_group_has_the_focus(site: Site, lively: World) -> None:
    page = site.open("/routing/exclusions/new", lively.cast.manager)
    page.locator("[name=name]").fill("Kept by Enter")
    page.get_by_label("Field of condition 1").select_option("lead.source")
    page.get_by_label("Value of condition 1").fill("nowhere")
    page.get_by_role("button", name="Add a group").click()
    second = page.get_by_label("Field of condition 1 of group 2")
    expect(second).to_be_focused()
    second.select_option("company.country")
    page.get_by_label("Value of condition 1 of group 2").fill("AQ")
    page.get_by_label("Value of condition 1 of group 2").press("Enter")
    page.wait_for_url("**/routing/exclusions")
    row = page.locator("tr", has_text="Kept by Enter")
    expect(row).to_contain_text("nowhere")
    expect(row).to_contain_text("AQ")


def test_a_simulation_that_ends_unheard_is_seen_to_end(site: Site, lively: World) -> None:
    page = site.open("/routing/simulator", lively.cast.manager)
    page.route_web_socket("**/live", lambda socket: socket.close())
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("waiting for a worker").wait_for()
    with page.expect_response("**/routing/simulator/*", timeout=10_000) as asked:
        pass
    assert asked.value.status == 200


def test_back_from_a_sorted_list_is_the_list_as_it_was(site: Site, lively: World) -> None:
    page = site.open("/leads", lively.cast.manager)
    was, link = page.url, page.get_by_role("link", name="Score", exact=True)
    is_sorted = page.locator("th[aria-sort]", has=link)
    expect(is_sorted).to_have_count(0)
    link.click()
    expect(is_sorted).to_have_count(1)
    expect(page).not_to_have_url(was)
    page.go_back()
    expect(page).to_have_url(was)
    expect(is_sorted).to_have_count(0)
    expect(page.locator("#toasts")).to_have_count(1)
