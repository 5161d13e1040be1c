import base64

import yaml

from localcluster import credentials


def _der(pem: str) -> bytes:
    first, *body, last = pem.splitlines()
    assert (first, last) == ("-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----")
    return base64.b64decode("".join(body), validate=True)


def test_a_private_key_is_a_sequence_of_version_number_and_curve() -> None:
    """RFC 5915, section 3. That Go reads it is seen whenever the API server starts."""
    der = _der(credentials.new_private_key())
    assert der[:2] == bytes([0x30, len(der) - 2])
    assert der[2:7] == bytes.fromhex("020101" + "0420")
    assert len(der[7:39]) == 32
    assert der[39:] == bytes.fromhex("a00a06082a8648ce3d030107")


def test_no_two_keys_or_tokens_are_the_same() -> None:
    assert credentials.new_private_key() != credentials.new_private_key()
    assert credentials.new_token() != credentials.new_token()


def test_the_token_file_makes_its_bearer_an_administrator() -> None:
    assert credentials.token_file("abc") == 'abc,admin,admin,"system:masters"\n'


def test_the_kubeconfig_is_complete_in_itself() -> None:
    document = yaml.safe_load(credentials.kubeconfig("https://127.0.0.1:1", b"PEM", "abc"))
    [context] = document["contexts"]
    assert document["current-context"] == context["name"]
    [cluster] = [one["cluster"] for one in document["clusters"] if one["name"] == context["context"]["cluster"]]
    [user] = [one["user"] for one in document["users"] if one["name"] == context["context"]["user"]]
    assert cluster == {"server": "https://127.0.0.1:1", "certificate-authority-data": base64.b64encode(b"PEM").decode()}
    assert user == {"token": "abc"}
