"""moto's server of DynamoDB as a process of its own, with the statements that it does not know.

moto 5 cannot read the parameters of INSERT and DELETE in BatchExecuteStatement, and takes no notice of conditions. What
stands in for them here follows the API reference (BatchStatementError; PartiQL insert, update and delete statements).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localcluster.ports import LOOPBACK

_INSERT = re.compile(r"INSERT INTO \"(?P<table>[^\"]+)\" VALUE \{(?P<names>('\w+':\?(, )?)+)\}")
_UPDATE = re.compile(r'UPDATE "(?P<table>[^"]+)" SET "(?P<name>\w+)"=\? WHERE (?P<where>.+)')
_DELETE = re.compile(r'DELETE FROM "(?P<table>[^"]+)" WHERE (?P<where>.+)')
_NAME = re.compile(r"['\"](\w+)['\"][:=]\?")
_MOST = 25
_TESTS = Path(__file__).parents[1]

Item = dict[str, Any]


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = {"Error": {"Code": code, "Message": message}}


def environment(url: str) -> dict[str, str]:
    """What a user sets for AWS's own tools, and for both programs."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serving() -> Iterator[str]:
    """The URL of a server without tables, on a free port of the loopback."""
    command = [sys.executable, "-m", "localcluster.dynamodb"]
    env = {**os.environ, "PYTHONPATH": str(_TESTS)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()  # "" when it has died
            assert port, "moto's server does not start"
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.terminate()


def _carry_out(tables: Mapping[str, Any], statement: str, parameters: list[Any]) -> Item:
    """One statement on a table with a hash key alone."""
    if match := _INSERT.fullmatch(statement):
        table = _table(tables, match["table"])
        item = dict(zip(_NAME.findall(match["names"]), parameters, strict=True))
        if _at(table, item[table.hash_key_attr]) is not None:
            raise _Refused("DuplicateItem", "Duplicate primary key exists in table")
        table.put_item(item)
    elif match := _UPDATE.fullmatch(statement):
        table = _table(tables, match["table"])
        value, *rest = parameters
        standing = _matching(table, match["where"], rest)
        if standing is None:
            raise _Refused("ConditionalCheckFailed", "The conditional request failed")
        table.put_item({**standing, match["name"]: value})
    elif match := _DELETE.fullmatch(statement):
        table = _table(tables, match["table"])
        names = _NAME.findall(match["where"])
        key = dict(zip(names, parameters, strict=True))[table.hash_key_attr]
        if _at(table, key) is not None:  # deleting nothing is a success
            if _matching(table, match["where"], parameters) is None:
                raise _Refused("ConditionalCheckFailed", "The conditional request failed")
            table.delete_item(_typed(key), None)
    else:
        raise _Refused("ValidationError", f"not understood: {statement}")
    return {"TableName": table.name}


def _table(tables: Mapping[str, Any], name: str) -> Any:
    if name not in tables:
        raise _Refused("ResourceNotFound", "Requested resource not found")
    return tables[name]


def _typed(value: Item) -> Any:
    from moto.dynamodb.models.dynamo_type import DynamoType

    return DynamoType(value)


def _at(table: Any, key: Item) -> Item | None:
    item = table.get_item(_typed(key))
    return None if item is None else item.to_json()["Attributes"]


def _matching(table: Any, where: str, parameters: list[Any]) -> Item | None:
    """The item that a condition names; None when there is none, or it has other values."""
    wanted = dict(zip(_NAME.findall(where), parameters, strict=True))
    standing = _at(table, wanted[table.hash_key_attr])
    return standing if standing and all(standing.get(name) == value for name, value in wanted.items()) else None


def _main() -> None:
    from moto.dynamodb.exceptions import MockValidationException
    from moto.dynamodb.models import DynamoDBBackend
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    lock = threading.Lock()

    def batch(backend: Any, statements: list[Item]) -> list[Item]:
        if not 1 <= len(statements) <= _MOST:
            raise MockValidationException(f"a batch has 1 to {_MOST} statements")
        answers = []
        for each in statements:
            try:
                with lock:
                    answers.append(_carry_out(backend.tables, each["Statement"], each.get("Parameters", [])))
            except _Refused as e:
                answers.append(e.answer)
        return answers

    setattr(DynamoDBBackend, "batch_execute_statement", batch)  # noqa: B010  # mypy holds methods to be final
    server = make_server(LOOPBACK, 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    _main()
