"""Drafts of configuration: one a kind, never overwritten unseen, published against the version they were begun from."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.casting import Cast

from oppspot.core.config_drafts import NO_DRAFT, discard_draft, find_draft, save_draft
from oppspot.core.config_versions import find_live_configs, publish_config
from oppspot.core.db import Database
from oppspot.core.errors import Conflict

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KIND = "tried"


async def test_a_draft_is_kept_and_changes_nothing_that_is_live(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.manager.actor, KIND, {"title": "Ours"}, NOW, base_version=0)
    async with database.transaction(cast.org_id) as tx:
        draft = await find_draft(tx, cast.org_id, KIND)
        assert draft
        assert (draft.document, draft.base_version, draft.edited_by) == ({"title": "Ours"}, 0, "Max Manager")
        assert await find_draft(tx, cast.org_id, "scoring") is None
        assert await find_live_configs(tx, cast.org_id) == {}


async def test_saving_again_replaces_what_the_editor_has_seen(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        first = await save_draft(tx, cast.manager.actor, KIND, {"n": 1}, NOW, base_version=0)
        later = NOW + timedelta(minutes=1)
        seen = first.updated_at
        await save_draft(tx, cast.owner.actor, KIND, {"n": 2}, later, base_version=0, seen_at=seen)
        with pytest.raises(Conflict, match="Alice Owner saved this draft while you edited it"):
            await save_draft(tx, cast.manager.actor, KIND, {"n": 3}, later, base_version=0, seen_at=seen)
        draft = await find_draft(tx, cast.org_id, KIND)
        assert draft
        assert draft.document == {"n": 2}


async def test_a_draft_is_discarded_once(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.manager.actor, KIND, {}, NOW, base_version=0)
        assert await discard_draft(tx, cast.org_id, KIND)
        assert not await discard_draft(tx, cast.org_id, KIND)
        assert await find_draft(tx, cast.org_id, KIND) is None


async def test_publishing_a_draft_that_was_overtaken_is_refused(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        draft = await save_draft(tx, cast.manager.actor, KIND, {"n": 1}, NOW, base_version=0)
        await publish_config(tx, cast.owner.actor, KIND, {"n": 2}, NOW)
        with pytest.raises(Conflict, match="Version 1 was published while you edited version 0"):
            await publish_config(tx, cast.manager.actor, KIND, draft.document, NOW, expected_version=draft.base_version)


async def test_a_draft_stays_begun_from_its_own_version_however_often_it_is_saved(
    cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.manager.actor, KIND, {"n": 1}, NOW, base_version=1)
        draft = await save_draft(tx, cast.manager.actor, KIND, {"n": 2}, NOW, base_version=2)
    assert (draft.document, draft.base_version) == ({"n": 2}, 1)


async def test_a_draft_read_before_somebody_saved_it_is_not_taken_for_the_newest(
    cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.manager.actor, KIND, {"n": 1}, NOW, base_version=0)
    async with database.transaction(cast.org_id) as tx:
        read = await find_draft(tx, cast.org_id, KIND)
        assert read
        async with database.transaction(cast.org_id) as other:
            await save_draft(other, cast.owner.actor, KIND, {"n": 2}, NOW + timedelta(minutes=1), base_version=0)
        with pytest.raises(Conflict, match="saved this draft while you edited it"):
            await save_draft(tx, cast.manager.actor, KIND, {"n": 3}, NOW, base_version=0, seen_at=read.updated_at)


async def test_who_saw_another_draft_or_none_does_not_overwrite_what_is_there_now(
    cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.manager.actor, KIND, {"n": 1}, NOW, base_version=0, seen_at=NO_DRAFT)
        with pytest.raises(Conflict, match="saved this draft while you edited it"):
            await save_draft(tx, cast.owner.actor, KIND, {"n": 2}, NOW, base_version=0, seen_at=NO_DRAFT)
        await discard_draft(tx, cast.org_id, KIND)
        with pytest.raises(Conflict, match="published or discarded"):
            await save_draft(tx, cast.owner.actor, KIND, {"n": 2}, NOW, base_version=0, seen_at=NOW)
