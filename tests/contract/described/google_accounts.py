"""Who is let in to Google, and the servers that give tokens: of accounts, of federation, and of the machine.

Each way checks what it is given and gives a token of its own; `ways` tells which were gone, in order.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import google.auth.crypt
import google.auth.jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Json = dict[str, Any]
PROJECT = "my-project"
ACCOUNT = "dns@my-project.iam.gserviceaccount.com"
AUDIENCE = "https://oauth2.googleapis.com/token"  # google-auth claims it, wherever it sends the claim
POOL = "//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/pool/providers/cluster"
SCOPE = "ndev.clouddns.readwrite"
SUBJECT, REFRESH, CLIENT_SECRET = "a-token-of-the-cluster", "a-refresh-token", "a-client-secret"
_METADATA = {"Metadata-Flavor": "Google"}
_OF_THE_MACHINE = "/computeMetadata/v1/"


class Accounts:
    """key: of the service account that is let in; tokens: those that Cloud DNS takes"""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.tokens: set[str] = set()
        self.ways: list[str] = []
        self.down = False  # whether the token servers fail
        self._exchanged: set[str] = set()

    def key_file(self, url: str, key: rsa.RSAPrivateKey | None = None) -> Json:
        """Of a service account, as Google gives it; key: another one than the account's."""
        text = (key or self.key).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": text.decode(),
            "client_email": ACCOUNT,
            "client_id": "1",
            "token_uri": f"{url}/token",
        }

    async def answer(self, request: web.Request) -> web.Response | None:
        """None for what is no business of theirs."""
        path = request.path
        if path not in ("/", "/token", "/sts") and not path.startswith(("/iam/", _OF_THE_MACHINE)):
            return None
        if self.down:
            return web.json_response({"error": "internal_failure"}, status=503)
        if path == "/token":
            return self._account(dict(await request.post()))
        if path == "/sts":
            return self._federation(dict(await request.post()))
        if path.startswith("/iam/"):
            return self._impersonation(request.headers, await request.json())
        return self._machine(request)

    def _give(self, way: str, into: set[str]) -> str:
        self.ways.append(way)
        token = secrets.token_urlsafe(20)
        into.add(token)
        return token

    def _account(self, given: Mapping[str, Any]) -> web.Response:
        """The grant of a signed claim (RFC 7523), and that of a refresh token (RFC 6749, section 6)."""
        if given.get("grant_type") == "refresh_token":
            if (given.get("refresh_token"), given.get("client_secret")) != (REFRESH, CLIENT_SECRET):
                return _invalid("Bad Request")
            return _bearer(self._give("user", self.tokens))
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        try:
            claims = google.auth.jwt.decode(str(given["assertion"]), certs=public, audience=AUDIENCE)  # type: ignore[no-untyped-call]
            assert (claims["iss"], SCOPE in claims["scope"]) == (ACCOUNT, True)
        except (ValueError, KeyError, AssertionError):
            return _invalid("Invalid JWT Signature.")
        return _bearer(self._give("service account", self.tokens))

    def _federation(self, given: Mapping[str, Any]) -> web.Response:
        """Token exchange (RFC 8693)."""
        if (given.get("subject_token"), given.get("audience")) != (SUBJECT, POOL):
            return _invalid("The subject token is none of the pool's.")
        token = self._give("federation", self._exchanged)
        if SCOPE in str(given["scope"]):  # for Cloud DNS itself, not for acting as another account
            self.tokens.add(token)
        return _bearer(token, issued_token_type="urn:ietf:params:oauth:token-type:access_token")

    def _impersonation(self, headers: Mapping[str, str], given: Mapping[str, Any]) -> web.Response:
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self._exchanged or not given.get("scope"):
            return web.json_response({"error": {"code": 403, "message": "denied"}}, status=403)
        token = self._give("impersonation", self.tokens)
        return web.json_response({"accessToken": token, "expireTime": "2100-01-01T00:00:00Z"})

    def _machine(self, request: web.Request) -> web.Response:
        """The metadata server of a machine or, on GKE, of a pod."""
        if request.headers.get("Metadata-Flavor") != "Google":
            return web.Response(status=403)
        account = "instance/service-accounts/"
        found: Any = {
            "": "",
            "project/project-id": PROJECT,
            "universe/universe-domain": "googleapis.com",
            f"{account}default/": {"email": ACCOUNT, "aliases": ["default"], "scopes": []},
        }.get(request.path.removeprefix(_OF_THE_MACHINE).removeprefix("/"))
        if request.path.startswith(_OF_THE_MACHINE + account) and request.path.endswith("/token"):
            found = {"access_token": self._give("metadata", self.tokens), "expires_in": 3600, "token_type": "Bearer"}
        if found is None:
            return web.Response(status=404, headers=_METADATA)
        if isinstance(found, str):
            return web.Response(text=found, headers=_METADATA, content_type="application/text")
        return web.json_response(found, headers=_METADATA)


def user_file() -> Json:
    """Of a person, as gcloud writes it."""
    secret = {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH}
    return {"type": "authorized_user", "client_id": "1", "quota_project_id": "who-pays", **secret}


def federated_file(url: str, directory: Path, *, acting: bool) -> Json:
    """Of workload identity federation. acting: as a service account, not as the workload itself."""
    (directory / "token").write_text(SUBJECT)
    found: Json = {
        "type": "external_account",
        "audience": POOL,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{url}/sts",
        "credential_source": {"file": str(directory / "token")},
    }
    if acting:
        found["service_account_impersonation_url"] = f"{url}/iam/{ACCOUNT}:generateAccessToken"
    return found


def _bearer(token: str, **more: str) -> web.Response:
    return web.json_response({"access_token": token, "expires_in": 3600, "token_type": "Bearer", **more})


def _invalid(why: str) -> web.Response:
    body = {"error": "invalid_grant", "error_description": why}
    return web.Response(status=400, text=json.dumps(body), content_type="application/json")
