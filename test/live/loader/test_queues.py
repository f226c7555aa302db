"""Queue isolation: tenants on one broker, one database, no prefix."""
import pytest
from harness import WEB, WORKER, environment, python, until, worker
from isolation import queue_rules, queue_settings

TENANTS = ("tenant-acme", "tenant-acme-eu")
WORKFLOW = "import json, plain_app; print(json.dumps(plain_app.workflow()))"
FOREIGN = ["celery", "unacked", "_kombu.binding_deadlines", "tenant-acme-eu", "tenant-acme-eu.unacked", "tenant-acme2",
           "tenant-acme-eu\x06\x163", "tenant-acme:x", "_kombu.binding.tenant-acme-eu", "w@h.tenant-acme-eu.pidbox",
           "_kombu.binding.reply.tenant-acme-eu.pidbox"]


@pytest.fixture(scope="module")
def tenants(server, tmp_path_factory):
    folder, pods = tmp_path_factory.mktemp("pods"), {}
    for base in TENANTS:
        server.user(base, base, f"{queue_rules(base)} {WORKER}")
        server.user(f"{base}-web", base, f"{queue_rules(base)} {WEB}")
        settings = queue_settings(server.url(), base)
        pods[base] = [environment(folder / user, settings, user=user, password=base, STALK_QUEUE=base)
                      for user in (base, f"{base}-web")]
    return pods


def test_each_tenants_work_stays_with_it_when_only_the_neighbour_has_a_worker(tenants, server, stopping):
    acme, neighbour = (tenants[base] for base in TENANTS)
    stopping.append(worker(neighbour[0], "plain_app", "-Q", "celery,reports,other", "-E", pool="eu"))

    python(acme[1], "import plain_app as p; p.add.delay(1, 1); p.report.delay(1); p.add.apply_async((1, 1), priority=9)")
    by_neighbour = python(neighbour[1], WORKFLOW)
    waiting = {key: server.admin.llen(key) for key in server.admin.keys("tenant-acme*") if server.admin.type(key) == "list"}

    assert by_neighbour[1:3] == [["tenant-acme-eu.reports", 7], ["tenant-acme-eu", 2]]
    assert waiting == {"tenant-acme": 1, "tenant-acme\x06\x169": 1, "tenant-acme.reports": 1}

    stopping.append(worker(acme[0], "plain_app", "-Q", "celery,reports,other", "-E", pool="own"))
    until(lambda: not server.admin.exists(*waiting))
    nodes = "import json, plain_app; print(json.dumps(plain_app.app.control.ping(timeout=0.7)))"
    assert [[name.split("@")[0] for name in node] for node in python(acme[0], nodes)] == [["own"]]
    assert python(acme[0], WORKFLOW)[1:3] == [["tenant-acme.reports", 7], ["tenant-acme", 2]]


def test_every_key_is_under_its_tenants_names(tenants, server):
    strays = [key for key in server.admin.scan_iter() if not key.removeprefix("_kombu.binding.").removeprefix(
        "_kombu.binding_permanent.").removeprefix("reply.").startswith("tenant-acme")]

    assert strays == []
    assert server.denials() == []


@pytest.mark.parametrize("key", FOREIGN)
def test_fails_to_reach_the_key_of_somebody_else(key, tenants, server):
    said = server.admin.execute_command("ACL", "DRYRUN", "tenant-acme", "LPUSH", key, "1")

    assert "no permissions" in said


@pytest.mark.parametrize("channel", ["*", "/0.tenant-*", "/0.tenant-acme-eu.pidbox", "/0.tenant-acme-eu.ev/*"])
def test_fails_to_listen_to_somebody_else(channel, tenants, server):
    said = server.admin.execute_command("ACL", "DRYRUN", "tenant-acme", "PSUBSCRIBE", channel)

    assert "no permissions" in said


def test_a_pool_of_many_tenants_sends_on_to_the_tenant_it_works_for(server, tmp_path, stopping):
    server.user("group", "g", f"{queue_rules('group', 'tenant-001', 'tenant-002')} {WORKER}")
    settings = queue_settings(server.url(), "group")
    pool = environment(tmp_path / "pool", settings, user="group", password="g", STALK_QUEUE="group",
                       STALK_QUEUE_SERVES="tenant-001,tenant-002")
    tenant = environment(tmp_path / "001", settings, user="group", password="g", STALK_QUEUE="tenant-001")
    queues = "tenant-001,tenant-001.reports,tenant-002,tenant-002.reports"
    stopping.append(worker(pool, "group_app", "-Q", queues))

    found = python(tenant, """
import json, group_app as g
ids = g.spread.delay().get(10)
print(json.dumps([g.where.delay().get(10), *[g.app.AsyncResult(id).get(timeout=10) for id in ids]]))""")

    assert found == ["tenant-001", "tenant-001", "tenant-001.reports", "tenant-002.reports", "tenant-001"]
    assert server.denials() == []
