"""What a demonstration does on the stage: commands that really run, shown with their output, and answers of DNS."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localcluster.cluster import Cluster
from localcluster.dnsserver import Answer, DnsServer
from localcluster.wait import NotYet, wait_until


@dataclass(frozen=True, slots=True)
class Expected:
    """An answer that CoreDNS shall give. `records` sorted; none: the name shall not exist. `ttl` None: any.

    alias  the name that a CNAME leads to on the way to `records`
    """

    name: str
    rtype: str
    records: tuple[str, ...]
    ttl: int | None = None
    alias: str = ""

    def matches(self, answer: Answer) -> bool:
        if not self.records:
            return not answer.records and answer.rcode in ("NXDOMAIN", "NOERROR")
        aliases = (self.alias,) if self.alias else ()
        return (answer.records, answer.aliases) == (self.records, aliases) and self.ttl in (None, answer.ttl)


class WrongAnswer(Exception):
    """DNS does not say what it should. The text has the question, what was expected and what came."""


def heading(number: int, text: str) -> None:
    print(f"\n=== {number}. {text} ===\n", flush=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """A cluster, a DNS server and a namespace to play in."""

    cluster: Cluster
    dns: DnsServer
    namespace: str

    def kubectl(self, *args: str) -> None:
        """Run a kubectl command before the audience. Raises CalledProcessError."""
        print(f"$ kubectl {shlex.join(args)}", flush=True)
        subprocess.run([self.cluster.kubectl_at, *args], env=self._environment(), check=True)
        print(flush=True)

    def _environment(self) -> dict[str, str]:
        cache = Path(self.cluster.kubeconfig).parent / "kubectl-cache"
        return {**os.environ, "KUBECONFIG": self.cluster.kubeconfig, "KUBECACHEDIR": str(cache)}

    def expect(self, expectations: Sequence[Expected], timeout: float) -> None:
        """Wait until CoreDNS gives every answer, and print the answers. Raises WrongAnswer."""
        print(f"Asking CoreDNS at {self.dns.address}:", flush=True)
        for expected in expectations:
            answer = self._wait_for(expected, timeout)
            said = " → ".join([*answer.aliases, ", ".join(answer.records) or answer.rcode])
            ttl = f"ttl {answer.ttl}" if answer.ttl is not None else ""
            print(f"  {expected.name:<26} {expected.rtype:<5} {said:<44} {ttl:<8} ok", flush=True)

    def _wait_for(self, expected: Expected, timeout: float) -> Answer:
        def look() -> Answer:
            answer = self.dns.query(expected.name, expected.rtype)
            if not expected.matches(answer):
                raise NotYet(str(answer))
            return answer

        try:
            return wait_until(look, timeout, what=f"the answer {expected}")
        except TimeoutError as error:
            raise WrongAnswer(str(error)) from error
