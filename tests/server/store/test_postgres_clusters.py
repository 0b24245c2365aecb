"""The clusters that other tests rest on: killed ones lose nothing, standbys stream and are promoted."""

import pytest

from postgres import Cluster, cluster, installations


@pytest.fixture(scope="module", params=installations(), ids=str)
def durable(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of each installation, as a factory would run it."""
    with cluster(request.param) as running:
        running.create_database("register")
        running.execute("CREATE TABLE kept (number integer)", "register")
        yield running


def test_killed_cluster_has_what_was_committed_when_it_starts_again(durable: Cluster) -> None:
    durable.execute("INSERT INTO kept VALUES (1)", "register")
    durable.kill()
    assert not durable.is_running
    durable.start()
    assert durable.execute("SELECT count(*) FROM kept", "register") == "1"


def test_copy_of_a_database_holds_the_same_and_goes_away(durable: Cluster) -> None:
    durable.create_database("copy", template="register")
    assert durable.execute("SELECT count(*) FROM kept", "copy") == durable.execute(
        "SELECT count(*) FROM kept", "register"
    )
    durable.drop_database("copy")
    assert "copy" not in durable.execute("SELECT datname FROM pg_database")


def test_standby_has_every_commit_and_takes_over(durable: Cluster) -> None:
    standby = durable.replica("second")
    try:
        durable.configure(synchronous_standby_names="second")
        durable.execute("INSERT INTO kept VALUES (2)", "register")
        assert durable.execute("SELECT sync_state FROM pg_stat_replication") == "sync"
        before = durable.execute("SELECT count(*) FROM kept", "register")
        durable.kill()
        standby.promote()
        assert standby.execute("SELECT count(*) FROM kept", "register") == before
        standby.execute("INSERT INTO kept VALUES (3)", "register")
    finally:
        standby.remove()


def test_cluster_leaves_nothing_behind() -> None:
    with cluster() as running:
        assert running.is_running
    assert not running.is_running
    assert not running.folder.exists()
