"""Signatures, by the example in the publisher's documentation of "signature method V3"."""

from __future__ import annotations

from zonewright.providers.alibabacloud.signature import Keys, Moment, canonical_query, headers

EXAMPLE = Moment("2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d")
QUERY = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}


def test_the_example_of_the_documentation_has_the_signature_that_it_says() -> None:
    keys = Keys("YourAccessKeyId", "YourAccessKeySecret")
    made = headers("ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", QUERY, keys, EXAMPLE)
    signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    assert made["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={signed},"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_parameters_are_sorted_and_all_but_unreserved_characters_are_escaped() -> None:
    assert canonical_query({"b": "x y*~/", "a": "ü&="}) == "a=%C3%BC%26%3D&b=x%20y%2A~%2F"


def test_keys_do_not_show_their_secrets() -> None:
    assert "hidden" not in repr(Keys("id", "hidden", "hidden"))
