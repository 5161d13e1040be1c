from __future__ import annotations

import gzip
import re
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Key
from zonewright.model.ownership import Ownership
from zonewright.registry.txt.encryption import LONGEST_TEXT, NONCE_SIZE, EncryptedTexts, keyed_nonces, pack, unpack
from zonewright.registry.txt.values import bare, encode, valid_owner

KEY, OLD_KEY, UNKNOWN_KEY = b"01234567890123456789012345678901", b"o" * 32, b"u" * 32
NONCE = bytes(range(NONCE_SIZE))
PLACE = Key("a-www.example.com", "TXT", "")
MINE = Ownership("me", "ingress/default/web")
PLAIN = encode(MINE)
# Written by ExternalDNS with KEY.
EXTERNALDNS = (
    '"AAECAwQFBgcICQoL5ZEatZ3pTVRElKvafUWYJJsWLVmxTvGEpMZj8CW1A95EhXB4y9+XP+8djOp1mpwHTNqg8e4FXdAFy4xN7gOxhYEFyA0/bNpT9'
    'uchUlCqA2WpCqiEOEtkjjWu9Foofh1Drh0fd440DegbbIw="'
)


def texts(*keys: bytes, encrypts: bool = True) -> EncryptedTexts:
    return EncryptedTexts(keys or (KEY,), encrypts=encrypts, nonces=lambda place, text: NONCE)


def sealed(content: bytes, key: bytes = KEY) -> str:
    """A value as another program might have made it."""
    return f'"{b64encode(NONCE + AESGCM(key).encrypt(NONCE, content, None)).decode()}"'


def test_value_of_externaldns_is_read() -> None:
    assert texts().read(EXTERNALDNS) == MINE


def test_value_has_the_form_of_externaldns() -> None:
    """Another gzip makes other octets of the same text; all the rest is the same."""
    value = texts().write(MINE, PLACE)
    assert re.fullmatch(r'"[A-Za-z0-9+/]+={0,2}"', value)
    data = b64decode(value.strip('"'))
    assert data[:NONCE_SIZE] == NONCE
    assert gzip.decompress(AESGCM(KEY).decrypt(NONCE, data[NONCE_SIZE:], None)).decode() == bare(PLAIN)


def test_text_is_compressed_as_far_as_it_goes_and_without_a_time() -> None:
    assert pack("x" * 255) == pack("x" * 255)
    assert pack("")[4:8] == bytes(4)
    assert len(pack("x" * 255)) < 30


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(EXTERNALDNS, id="quoted"),
        pytest.param(EXTERNALDNS.strip('"'), id="unquoted"),
        pytest.param(f'{EXTERNALDNS[:100]}" "{EXTERNALDNS[100:]}', id="in two character-strings"),
        pytest.param(f'\\"{EXTERNALDNS.strip(chr(34))}\\"', id="quotes escaped"),
        pytest.param(PLAIN, id="plain"),
        pytest.param(sealed(gzip.compress(bare(PLAIN).encode(), mtime=1)), id="another gzip"),
        pytest.param(sealed(pack(bare(PLAIN)), OLD_KEY), id="another key of ours"),
    ],
)
@pytest.mark.parametrize("encrypts", [True, False])
def test_ownership_is_recognised_whether_we_encrypt_or_not(text: str, encrypts: bool) -> None:
    assert texts(KEY, OLD_KEY, encrypts=encrypts).read(text) == MINE


def changed(value: str) -> str:
    """The value with one bit of its cipher text turned over."""
    data = bytearray(b64decode(value.strip('"')))
    data[20] ^= 1
    return f'"{b64encode(data).decode()}"'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(sealed(pack(bare(PLAIN)), UNKNOWN_KEY), id="a key that we do not have"),
        pytest.param(changed(EXTERNALDNS), id="changed"),
        pytest.param(EXTERNALDNS[:-9] + '"', id="cut"),
        pytest.param(sealed(pack("v=spf1 -all")), id="other text under our key"),
        pytest.param(sealed(bare(PLAIN).encode()), id="not compressed"),
        pytest.param(sealed(pack(bare(PLAIN))[:-1]), id="compressed and cut"),
        pytest.param(sealed(gzip.compress(b"\xff" * 99)), id="no UTF-8"),
        pytest.param(sealed(gzip.compress(bare(PLAIN).encode() + b"," * LONGEST_TEXT)), id="unpacks to too much"),
        pytest.param(f'"{"A" * 400}"', id="base64 of anything"),
        pytest.param('"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"', id="a key of others"),
        pytest.param("", id="empty"),
    ],
)
def test_other_text_is_no_ownership(text: str) -> None:
    assert texts(KEY, OLD_KEY).read(text) is None


def test_unpacking_stops_at_what_a_record_can_hold() -> None:
    assert unpack(gzip.compress(b"x" * LONGEST_TEXT)) == "x" * LONGEST_TEXT
    assert unpack(gzip.compress(b"x" * (LONGEST_TEXT + 1))) is None


@given(st.one_of(st.text(), st.from_regex(r'\A"?[A-Za-z0-9+/]{60,90}={0,3}"?\Z'), st.binary().map(sealed)))
def test_any_text_can_be_read(text: str) -> None:
    assert texts().read(text) is None


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=250)


@given(PRINTABLE.filter(valid_owner), PRINTABLE, st.sampled_from([True, False]))
def test_encrypted_or_not_a_record_says_the_same(owner: str, resource: str, encrypts: bool) -> None:
    ownership = Ownership(owner, resource)
    value = texts(encrypts=encrypts).write(ownership, PLACE)
    assert texts().read(value) == texts().read(encode(ownership))
    assert len(value) <= 408 + 2  # with the quotes


def test_plain_text_is_written_when_encryption_is_off() -> None:
    assert texts(encrypts=False).write(MINE, PLACE) == PLAIN


def test_first_key_writes() -> None:
    value = texts(KEY, OLD_KEY).write(MINE, PLACE)
    assert (texts(KEY).read(value), texts(OLD_KEY).read(value)) == (MINE, None)


@pytest.mark.parametrize(
    ("text", "encrypting", "plain"),
    [
        pytest.param(EXTERNALDNS, True, False, id="under the first key"),
        pytest.param(EXTERNALDNS.strip('"'), True, False, id="in another spelling"),
        pytest.param(sealed(pack(bare(PLAIN)), OLD_KEY), False, False, id="under an old key"),
        pytest.param(PLAIN, False, True, id="plain"),
    ],
)
def test_form_is_current_where_we_would_write_it_so(text: str, encrypting: bool, plain: bool) -> None:
    assert texts(KEY, OLD_KEY).is_current(text) is encrypting
    assert texts(KEY, OLD_KEY, encrypts=False).is_current(text) is plain


class TestNonces:
    source = staticmethod(keyed_nonces())

    def test_same_text_of_the_same_record_has_the_same_nonce(self) -> None:
        assert self.source(PLACE, "text") == self.source(Key(*PLACE), "text")
        assert len(self.source(PLACE, "text")) == NONCE_SIZE

    @pytest.mark.parametrize(
        ("place", "text"),
        [
            pytest.param(PLACE, "other", id="another text"),
            pytest.param(PLACE._replace(name="aaaa-www.example.com"), "text", id="another name"),
            pytest.param(PLACE._replace(set_identifier="blue"), "text", id="another set identifier"),
            pytest.param(PLACE._replace(set_identifier="text"), "", id="the same letters, divided otherwise"),
        ],
    )
    def test_everything_else_has_another(self, place: Key, text: str) -> None:
        assert self.source(place, text) != self.source(PLACE, "text")

    def test_each_process_has_its_own(self) -> None:
        assert keyed_nonces()(PLACE, "text") != self.source(PLACE, "text")
