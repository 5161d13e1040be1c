"""The name by which replicas meet, and by which other installations do not meet them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from zonewright.settings import Settings, from_args
from zonewright.settings.installation import UNCHANGED_BY, VARIABLES, lease_name
from zonewright.settings.reading import FLAGS


def name(environ: dict[str, str] | None = None, **flags: Any) -> str:
    return lease_name(Settings(**{"provider": "inmemory"} | flags), environ or {})


def test_it_is_a_name_of_an_object_and_the_same_each_time() -> None:
    assert name() == name()
    assert re.fullmatch(r"zonewright-[0-9a-f]{8}", name())


def test_the_flag_says_which_it_is() -> None:
    assert name(leader_election_lease_name="dns", provider="coredns") == "dns"


@pytest.mark.parametrize(
    "flags",
    [
        {"provider": "coredns"},
        {"domain_filter": ("a.org",)},
        {"exclude_domains": ("a.org",)},
        {"zone_id_filter": ("Z1",)},
        {"aws_zone_type": "private"},
        {"source": ("ingress",)},
        {"namespace": "shop"},
        {"label_filter": "a=b"},
        {"annotation_filter": "a=b"},
        {"annotation_prefix": ("x.org/",)},
        {"ingress_class": ("public",)},
        {"gateway_name": "public"},
        {"target_net_filter": ("10.0.0.0/8",)},
        {"txt_owner_id": "me"},
        {"txt_prefix": "x-"},
        {"txt_suffix": "-x"},
        {"registry": "noop"},
        {"dynamodb_table": "other"},
        {"coredns_prefix": "/other/"},
    ],
    ids=lambda flags: next(iter(flags)),
)
def test_installations_that_publish_other_things_or_elsewhere_have_leases_of_their_own(flags: dict[str, Any]) -> None:
    assert name(**flags) != name()


@pytest.mark.parametrize(
    "flags",
    [
        {"log_level": "debug"},
        {"log_format": "json"},
        {"metrics_address": ":1"},
        {"kubeconfig": "/x"},
        {"server": "https://x"},
        {"kube_api_request_timeout": 1.0},
        {"interval": 5.0},
        {"policy": "upsert-only"},
        {"aws_batch_change_size": 5},
        {"google_batch_change_interval": 5.0},
        {"pdns_api_key": "hunter2"},
        {"txt_encrypt_aes_key": ("x" * 32,)},
    ],
    ids=lambda flags: next(iter(flags)),
)
def test_replicas_that_work_in_another_manner_have_the_same_lease(flags: dict[str, Any]) -> None:
    assert name(**flags) == name()


@pytest.mark.parametrize("variable", VARIABLES)
def test_accounts_and_servers_that_only_the_environment_names_count(variable: str) -> None:
    """Two deployments for two accounts often differ in nothing else."""
    assert len({name(), name({variable: "one"}), name({variable: "two"})}) == 3
    assert name({variable: ""}) == name({"HOSTNAME": "x"}) == name()


def test_what_does_not_count_are_flags() -> None:
    assert FLAGS.keys() >= UNCHANGED_BY


@pytest.mark.parametrize("wrong", ["Dns", "a_b", "-a", "a..b", "a" * 254])
def test_a_name_that_no_object_can_have_is_refused(wrong: str) -> None:
    with pytest.raises(Exception, match="is not the name of an object"):
        from_args(["--provider=inmemory", f"--leader-election-lease-name={wrong}"], {})
