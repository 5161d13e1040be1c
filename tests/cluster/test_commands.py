"""Commands as people give them, on the real servers: what they show, what they change, and how they exit."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress
from cluster.rights import ENDPOINTS, account, ingresses
from cluster.test_once import refuse
from cluster.testsite import CRD, Site
from cluster.webhook import webhook
from localcluster.cluster import Cluster
from localcluster.operator_process import PROGRAM, environment
from localcluster.ports import LOOPBACK, free_port
from localcluster.wait import wait_until
from unit.commands.shape import documented, misfits

pytestmark = pytest.mark.cluster


def give(
    site: Site, command: str, *args: str, cluster: Cluster | None = None, provider: str = "coredns", answer: str = ""
) -> subprocess.CompletedProcess[str]:
    """A command on this site, with its output and errors apart."""
    line, env = command_line(site, command, *args, cluster=cluster, provider=provider)
    return subprocess.run(line, env=env, input=answer, capture_output=True, text=True, timeout=60, check=False)


def command_line(
    site: Site, command: str, *args: str, cluster: Cluster | None = None, provider: str = "coredns"
) -> tuple[list[str], dict[str, str]]:
    """With the flags of this site where `args` do not say otherwise; and the environment."""
    named = {arg.partition("=")[0] for arg in args}
    flags = (
        f"--kubeconfig={(cluster or site.cluster).kubeconfig}",
        f"--provider={provider}",
        f"--namespace={site.namespace}",
        f"--domain-filter={site.domain}",
        f"--txt-owner-id={site.owner}",
    )
    line = [str(PROGRAM), command, *args, *(flag for flag in flags if flag.partition("=")[0] not in named)]
    return line, environment({"ETCD_URLS": site.dns.etcd})


def looked(site: Site, command: str, *args: str, code: int = 0, **kwargs: Any) -> Any:
    """What a command says with --output=json."""
    done = give(site, command, *args, "--output=json", **kwargs)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def versions(site: Site) -> dict[str, str]:
    """The resourceVersions of everything that could have been written."""
    kinds = (CRD, "ingress")
    objects = [one["metadata"] for kind in kinds for one in site.cluster.objects(kind, site.namespace)]
    return {f"{one['name']} {one['uid']}": one["resourceVersion"] for one in objects}


# -- plan


def prepared(site: Site) -> None:
    """Something to create, to update, to delete and to refuse."""
    web = entry(site.name("app"), "192.0.2.1", recordTTL=60)
    site.apply(dnsendpoint("web", web, entry(site.name("gone"), "192.0.2.9")))
    site.publish()
    site.apply(
        dnsendpoint("web", web | {"targets": ["192.0.2.2"]}),
        ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.3")),
        ingress("wait", site.name("wait")),
    )


def test_plan_shows_what_run_would_do_and_writes_nothing(site: Site) -> None:
    prepared(site)
    before = site.stored(), versions(site)
    done = give(site, "plan", "--detailed-exitcode")
    assert (done.returncode, done.stderr) == (2, "")
    where = site.namespace
    assert [line.strip() for line in done.stdout.splitlines() if line.strip()] == [
        f"{site.domain}  (coredns)",
        f"~ {site.name('app')}  A  192.0.2.1 → 192.0.2.2  crd/{where}/web",
        f"- {site.name('gone')}  A  192.0.2.9  crd/{where}/web",
        f"- a-{site.name('gone')}  TXT  ownership",
        f"+ {site.name('shop')}  A  192.0.2.3  ingress/{where}/shop",
        f"+ a-{site.name('shop')}  TXT  ownership",
        "Not published:",
        f"! {site.name('wait')}  NoTargets: the load balancer of ingress/{where}/wait has no address yet"
        f"  (ingress/{where}/wait)",
        "1 to create, 1 to update, 1 to delete (with 2 ownership records).",
        "In the cluster, DNSEndpoints would be written: 2 created.",
    ]
    assert (site.stored(), versions(site)) == before


def test_plan_as_json_names_every_change_with_its_owner_and_every_refusal_with_its_reason(site: Site) -> None:
    prepared(site)
    found = looked(site, "plan")
    assert misfits(found, documented("The plan as JSON")) == []
    (zone,) = found["zones"]
    by_action = {change["action"]: change for change in zone["changes"]}
    assert (found["version"], found["complete"], found["errors"], zone["name"]) == (1, True, [], site.domain)
    assert found["summary"] == {
        "create": 1,
        "update": 1,
        "delete": 1,
        "release": 0,
        "ownershipRecords": 2,
        "refused": 1,
    }
    mine = {"owner": site.owner, "resource": f"crd/{site.namespace}/web"}
    app = {"name": site.name("app"), "type": "A", "setIdentifier": "", "ttl": 60, "properties": {}} | mine
    assert by_action["update"] == app | {
        "action": "update",
        "targets": ["192.0.2.2"],
        "before": app | {"targets": ["192.0.2.1"]},
        "ownershipRecords": [],
    }
    (proof,) = by_action["create"]["ownershipRecords"]
    assert (proof["action"], proof["name"]) == ("create", f"a-{site.name('shop')}")
    (refused,) = found["refused"]
    assert (refused["name"], refused["reason"]) == (site.name("wait"), "NoTargets")
    assert refused["dnsEndpoint"].startswith(f"{site.namespace}/")


def test_what_plan_has_shown_is_what_run_does_and_then_nothing_is_left(site: Site) -> None:
    prepared(site)
    shown = {
        (change["action"].upper(), change["name"], change["type"])
        for zone in looked(site, "plan")["zones"]
        for item in zone["changes"]
        for change in (item, *item["ownershipRecords"])
    }
    log = site.publish()
    assert shown == set(re.findall(r"Desired change: (\S+) (\S+) (\S+) ", log))
    assert give(site, "plan", "--detailed-exitcode").returncode == 0


def test_plan_needs_rights_to_read_alone(site: Site) -> None:
    prepared(site)
    reading = {"verbs": ["get", "list"]}
    rules = ({**rule, **reading} for rule in (*ENDPOINTS, ingresses()))
    with account(site.cluster, site.namespace, *rules) as limited:
        flags = ("--source=ingress", "--source=crd")
        found = looked(site, "plan", *flags, cluster=limited.cluster)
        assert (found["complete"], found["summary"]["create"]) == (True, 1)
        limited.grant({**ENDPOINTS[0], **reading})
        done = give(site, "plan", *flags, "--detailed-exitcode", cluster=limited.cluster)
    assert (done.returncode, "to create" in done.stdout) == (1, False), done.stdout
    assert "ingresses cannot be listed" in done.stdout


def test_plan_of_a_zone_that_cannot_be_read_is_not_complete(site: Site) -> None:
    prepared(site)
    done = give(site, "plan", f"--webhook-provider-url=http://{LOOPBACK}:{free_port()}", provider="webhook")
    assert done.returncode == 1
    assert "Nothing to do" not in done.stdout
    assert "does not answer" in done.stdout


def test_a_key_is_never_shown(site: Site) -> None:
    prepared(site)
    key = "0123456789abcdef0123456789abcdef"
    flags = ("--txt-encrypt-enabled", f"--txt-encrypt-aes-key={key}", "--log-level=trace")
    for command in (["plan"], ["explain", site.name("app")], ["purge"], ["adopt", site.name("app")]):
        for output in ("text", "json"):
            done = give(site, *command, *flags, f"--output={output}")
            assert done.stdout
            assert key not in done.stdout + done.stderr


def test_wrong_flags_of_plan_end_with_1_since_2_says_that_something_would_change(site: Site) -> None:
    assert give(site, "plan", "--policy=mirror").returncode == 1
    assert give(site, "plan", "--output=yaml").returncode == 1


# -- purge


def buried(site: Site) -> dict[str, list[str]]:
    """Records of a cluster that is gone, beside those of one that lives, and of nobody; returns what is to stay."""
    site.apply(dnsendpoint("old", entry(site.name("app"), "192.0.2.1"), entry(site.name("*.old"), "192.0.2.2")))
    site.publish("--txt-owner-id=dead")
    site.delete(CRD, "old")
    site.apply(dnsendpoint("new", entry(site.name("new"), "192.0.2.3")))
    site.publish()
    site.put("by-hand", host="192.0.2.4")
    living = {name: site.standing()[name] for name in ("new", "a-new", "by-hand")}
    assert set(site.standing()) == {"app", "a-app", "*.old", "a-*.old", *living}
    return living


def test_purge_takes_all_of_a_dead_owner_and_leaves_the_living_and_nobodys(site: Site) -> None:
    living = buried(site)
    done = give(site, "purge", "--txt-owner-id=dead", "--yes", "--kubeconfig=/nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.strip() for line in done.stdout.splitlines() if line.strip()] == [
        f"{site.domain}  (coredns)",
        f"- *.old.{site.domain}  A  192.0.2.2  crd/{site.namespace}/old",
        f"- a-*.old.{site.domain}  TXT  ownership",
        f"- app.{site.domain}  A  192.0.2.1  crd/{site.namespace}/old",
        f"- a-app.{site.domain}  TXT  ownership",
        "0 to create, 0 to update, 2 to delete (with 2 ownership records).",
        "Where a program with this owner id still runs, it will write them again.",
        "2 record sets deleted.",
    ]
    assert site.standing() == living
    again = give(site, "purge", "--txt-owner-id=dead", "--yes")
    assert (again.returncode, again.stdout) == (0, "Nothing to do: there is nothing of the owner 'dead'.\n")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        pytest.param((), 1, id="nobody says yes"),
        pytest.param(("--dry-run",), 0, id="dry run"),
    ],
)
def test_purge_that_is_not_confirmed_shows_and_deletes_nothing(site: Site, flags: tuple[str, ...], code: int) -> None:
    buried(site)
    before = site.stored()
    found = looked(site, "purge", "--txt-owner-id=dead", *flags, code=code)
    assert (found["summary"]["delete"], found["deleted"], found["left"]) == (2, 0, [])
    assert site.stored() == before


@pytest.mark.parametrize(
    ("typed", "code"),
    [pytest.param("y\n", 0, id="yes"), pytest.param("\n", 1, id="return"), pytest.param("\x03", 1, id="Ctrl-C")],
)
def test_purge_asks_on_a_terminal_and_only_yes_is_yes(site: Site, typed: str, code: int) -> None:
    living = buried(site)
    before = site.standing()
    master, slave = pty.openpty()
    try:
        line, env = command_line(site, "purge", "--txt-owner-id=dead")
        streams = {"stdin": slave, "stdout": subprocess.PIPE, "stderr": slave}
        with subprocess.Popen(line, env=env, start_new_session=True, preexec_fn=take_terminal, **streams) as process:  # type: ignore[call-overload]
            os.close(slave)
            asked = b""
            while b"[y/N]" not in asked:
                asked += os.read(master, 1000)
            assert site.standing() == before
            wait_until(lambda: sleeps(process))
            os.write(master, typed.encode())
            with killed_when_it_hangs(process):
                assert process.wait(30) == code
            assert b"\x1b" not in process.stdout.read()  # a pipe is no terminal
    finally:
        os.close(master)
    assert b"Delete all of this, for the owner 'dead'?" in asked
    assert site.standing() == (living if code == 0 else before)


def sleeps(process: subprocess.Popen[bytes]) -> bool:
    """Whether it waits for the answer by now. Any Python program sees a Ctrl-C between its question and that only after
    the next key; people are not so quick."""
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2]
    return state.startswith("S")


@contextmanager
def killed_when_it_hangs(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """So that a test that fails does so at once, and leaves no process behind."""
    try:
        yield
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def take_terminal() -> None:
    """In the new process: its standard input becomes the terminal that Ctrl-C comes from.

    And Ctrl-C counts, as under a shell: who runs the tests in the background may ignore it, and that is inherited.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_purge_keeps_to_the_domain_filter_and_to_managed_types(site: Site) -> None:
    living = buried(site)
    address, elsewhere = entry(site.name("app"), "192.0.2.1"), entry(site.name("*.old"), "192.0.2.2")
    site.apply(dnsendpoint("old", address, elsewhere, entry(site.name("app"), "hello", rtype="TXT")))
    site.publish("--txt-owner-id=dead", "--managed-record-types=A", "--managed-record-types=TXT")
    site.delete(CRD, "old")
    found = looked(site, "purge", "--txt-owner-id=dead", "--yes", f"--exclude-domains=old.{site.domain}")
    assert found["deleted"] == 1
    assert [(one["type"], one["why"]) for one in found["stays"]] == [("TXT", "TXT is not among --managed-record-types")]
    assert set(site.standing()) == {"app", "txt-app", "*.old", "a-*.old", *living}


def test_purge_goes_on_where_one_name_fails_and_exits_with_1(site: Site) -> None:
    names = [site.name(short) for short in ("a", "bad", "c")]
    site.apply(dnsendpoint("web", *(entry(name, "192.0.2.1") for name in names)))
    with webhook() as server:
        flag = f"--webhook-provider-url={server.url}"
        assert give(site, "run", "--once", "--metrics-address=127.0.0.1:0", flag, provider="webhook").returncode == 0
        refuse(server, names[1])
        found = looked(site, "purge", flag, f"--txt-owner-id={site.owner}", "--yes", provider="webhook", code=1)
        assert (found["deleted"], len(found["left"])) == (2, 1)
        assert found["left"][0].startswith(f"{names[1]}: the webhook answered 400")
        assert {name for name, rtype, _ in server.records if rtype == "A"} == {names[1]}


@pytest.mark.parametrize("flag", ["--policy=upsert-only", "--registry=noop"])
def test_purge_refuses_flags_that_would_mean_nothing_or_everything(site: Site, flag: str) -> None:
    done = give(site, "purge", flag, "--txt-owner-id=dead", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert flag in done.stderr


# -- explain


def test_explain_tells_of_a_published_name_who_where_whose_and_what_comes_next(site: Site) -> None:
    site.apply(
        ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1", ttl="60")),
        ingress("others", site.name("shop"), annotations=ga(target="192.0.2.9", controller="somebody-else")),
    )
    site.publish()
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.2", ttl="60")))
    before = site.stored(), versions(site)
    found = looked(site, "explain", site.name("shop").upper() + ".")
    assert misfits(found, documented("The explanation as JSON")) == []
    assert (site.stored(), versions(site)) == before
    name, resource = site.name("shop"), f"ingress/{site.namespace}/shop"
    (claim,) = found["claims"]
    assert (claim["resource"], claim["source"], claim["where"]) == (resource, "ingress", ["spec.rules[0].host"])
    assert [(one["type"], one["targets"], one["ttl"]) for one in claim["records"]] == [("A", ["192.0.2.2"], 60)]
    (left,) = found["leftOut"]
    assert (left["resource"], "somebody-else" in left["why"]) == (f"ingress/{site.namespace}/others", True)
    (written,) = found["dnsEndpoints"]
    assert (written["name"], written["generated"], written["exists"], written["leftOut"]) == (name, True, True, None)
    assert [one["name"] for one in found["zones"]] == [site.domain]
    assert (found["provider"], found["noZone"]) == ("coredns", None)
    (stands,) = found["dns"]
    assert (stands["targets"], stands["owner"], stands["ours"]) == (["192.0.2.1"], site.owner, True)
    assert stands["ownershipRecords"] == [{"name": f"a-{name}", "targets": [site.ownership("ingress/shop")]}]
    (change,) = found["changes"]
    assert (change["action"], change["targets"]) == ("update", ["192.0.2.2"])


def test_explain_for_people_answers_one_question_after_the_other(site: Site) -> None:
    site.apply(
        ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1")),
        dnsendpoint("web", entry(site.name("taken"), "192.0.2.2")),
    )
    site.put("taken", host="192.0.2.4")
    done = give(site, "explain", site.name("shop"))
    resource = f"ingress/{site.namespace}/shop"
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.strip() for line in done.stdout.splitlines() if line.strip()] == [
        site.name("shop"),
        "Who asks for it",
        f"{resource}  (--source=ingress): spec.rules[0].host",
        "A  192.0.2.1",
        "DNSEndpoints",
        f"{site.namespace}/{site.name('shop')}  (generated; not in the cluster yet)",
        "A  192.0.2.1",
        "Where it goes",
        f"zone {site.domain} of coredns",
        "What is in DNS now",
        "nothing",
        "What comes next",
        f"+ {site.name('shop')}  A  192.0.2.1  {resource}",
        f"+ a-{site.name('shop')}  TXT  ownership",
    ]
    taken = give(site, "explain", site.name("taken")).stdout
    assert f"DNSEndpoint {site.namespace}/web, written by hand" in taken
    assert "nobody's: there is no ownership record" in taken
    assert "not published: A NotOwned: the A record of this name has no owner" in taken


@pytest.mark.parametrize(
    ("short", "where", "dns"),
    [
        pytest.param("by-hand", None, ["192.0.2.4"], id="nobody asks, and somebody's record stands"),
        pytest.param("free", None, [], id="nobody asks, and nothing stands"),
        pytest.param("", "Filtered", [], id="outside of the domain filter"),
    ],
)
def test_explain_of_a_name_that_nobody_asks_for_says_so_and_what_stands(
    site: Site, short: str, where: str | None, dns: list[str]
) -> None:
    site.put("by-hand", host="192.0.2.4")
    name = site.name(short) if short else "www.example.net"
    found = looked(site, "explain", name)
    assert (found["claims"], found["dnsEndpoints"], found["changes"]) == ([], [], [])
    assert (found["noZone"] and found["noZone"]["reason"]) == where
    assert [target for one in found["dns"] for target in one["targets"]] == dns
    assert "nobody, of what is read: ingress, service" in give(site, "explain", name).stdout


def test_explain_of_a_name_that_is_no_dns_name_tells_what_is_wrong_with_it(site: Site) -> None:
    name = f"a..{site.domain}"
    site.apply(ingress("odd", annotations=ga(hostname=name, target="192.0.2.1")))
    found = looked(site, "explain", name)
    (claim,) = found["claims"]
    assert [problem["reason"] for problem in claim["problems"]] == ["InvalidName"]
    assert claim["where"] == ['metadata.annotations["external-dns.kubernetes.io/hostname"]']


# -- adopt


def adopted(site: Site, name: str) -> str | None:
    """What the annotation of a DNSEndpoint says."""
    mark: str | None = site.endpoint(name)["metadata"].get("annotations", {}).get("zonewright.io/adopt")
    return mark


def test_adopt_marks_a_name_whose_record_is_what_is_asked_for_and_run_takes_it_over(site: Site) -> None:
    site.put("app", host="192.0.2.1")
    site.apply(ingress("app", site.name("app"), annotations=ga(target="192.0.2.1")))
    site.publish()
    site.told(site.name("app"), "NotOwned")
    before = site.stored()
    done = give(site, "adopt", site.name("app"), "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    shown = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert shown[:2] == [site.name("app"), "A  192.0.2.1"]
    assert "nobody's: there is no ownership record" in shown
    assert f"+ a-{site.name('app')}  TXT  ownership" in shown
    assert (adopted(site, site.name("app")), site.stored()) == ("equal", before)
    site.publish()
    site.told(site.name("app"))
    assert site.standing() == {"app": ["192.0.2.1"], "a-app": [site.ownership("ingress/app")]}
    again = give(site, "adopt", site.name("app"), "--yes")
    assert (again.returncode, "there is nothing to take over" in again.stdout) == (0, True)


def test_adopt_of_a_record_that_differs_needs_always(site: Site) -> None:
    site.put("app", host="192.0.2.9")
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    before = versions(site)
    done = give(site, "adopt", site.name("app"), "--yes")
    assert (done.returncode, "--always takes it over and changes it" in done.stdout) == (1, True), done.stdout
    assert versions(site) == before
    found = looked(site, "adopt", site.name("app"), "--always", "--yes")
    assert (found["adopt"], found["done"]) == ("always", True)
    assert [(one["action"], one["targets"]) for one in found["changes"]] == [("update", ["192.0.2.1"])]
    assert adopted(site, "web") == "always"
    site.publish()
    assert site.standing()["app"] == ["192.0.2.1"]


def test_adopt_that_is_not_confirmed_shows_and_marks_nothing(site: Site) -> None:
    site.put("app", host="192.0.2.1")
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1"), entry(site.name("too"), "192.0.2.1")))
    before = versions(site)
    done = give(site, "adopt", site.name("app"))
    assert (done.returncode, "give --yes" in done.stderr) == (1, True)
    assert f"ask for {site.name('too')} as well" in done.stdout
    assert (versions(site), adopted(site, "web")) == (before, None)


def test_adopt_takes_nothing_from_others_and_nothing_that_nobody_asks_for(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    site.publish("--txt-owner-id=other")
    site.put("free", host="192.0.2.4")
    before = versions(site), site.stored()
    found = looked(site, "adopt", site.name("app"), site.name("free"), "--always", "--yes", code=1)
    messages = [one["message"] for one in found["hostnames"]]
    assert messages[0].startswith("it belongs to somebody else")
    assert messages[1].startswith("nobody asks for it")
    assert (versions(site), site.stored()) == before
