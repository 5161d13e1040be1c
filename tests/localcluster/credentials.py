"""Who may talk to the control plane: a token for the administrator, a key for service accounts, the kubeconfig.

No cryptography library is needed. The API server makes its own certificate, and an EC private key is 32 random bytes.
"""

from __future__ import annotations

import base64
import secrets

import yaml

# The order of the group of P-256 (FIPS 186-5; SEC 2, secp256r1): a private key is a number from 1 to this less 1.
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# RFC 5915, section 3: SEQUENCE { INTEGER 1, OCTET STRING (32 bytes), [0] OID prime256v1 }, without the public key.
_BEFORE_KEY = bytes.fromhex("30310201010420")
_AFTER_KEY = bytes.fromhex("a00a06082a8648ce3d030107")


def new_token() -> str:
    return secrets.token_urlsafe(24)


def token_file(token: str) -> str:
    """A line of the API server's --token-auth-file: token, user, uid, groups. This group may do everything."""
    return f'{token},admin,admin,"system:masters"\n'


def new_private_key() -> str:
    """A P-256 key in PEM (RFC 5915): for signing the tokens of service accounts."""
    number = 1 + secrets.randbelow(_P256_ORDER - 1)
    encoded = _BEFORE_KEY + number.to_bytes(32, "big") + _AFTER_KEY
    return f"-----BEGIN EC PRIVATE KEY-----\n{base64.b64encode(encoded).decode()}\n-----END EC PRIVATE KEY-----\n"


def kubeconfig(server: str, authority: bytes, token: str) -> str:
    """A kubeconfig with one context. `authority` is the PEM of the certificate to trust."""
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority).decode()}
    name = "zonewright-local"
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        },
        sort_keys=False,
    )
