"""The table that goes with a registry, where it has one."""

from __future__ import annotations

import logging

from zonewright.ledger.ledger import Ledger
from zonewright.ledger.leftovers import Leftovers
from zonewright.ledger.recorded import Recorded
from zonewright.providers.base import Provider, ProviderError
from zonewright.registry import catalog as registries
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.settings import Settings

log = logging.getLogger(__name__)


async def joined(settings: Settings, provider: Provider) -> Provider:
    """The provider, together with the registry's table if it has one, which is asked whether it will do.

    Raises ValueError, which names the flag, when it will not. A table that does not answer is asked again later.
    """
    registry = registries.build(settings)
    if not isinstance(registry, DynamoDBRegistry):
        return provider
    # Their library takes a tenth of a second.
    from zonewright.ledger.table import DynamoDBTable
    from zonewright.providers.awsclients import access

    profile = next(iter(settings.aws_profile), "")
    found = access(settings, profile, settings.dynamodb_region)
    table = DynamoDBTable(settings.dynamodb_table, found, settings.aws_api_retries)
    ledger = Ledger(table, settings.interval / 2)
    try:
        await ledger.check()
    except ProviderError as e:
        log.warning("Not checked: %s", e, extra={"reason": e.reason})
    except ValueError:
        await ledger.close()
        raise
    return Recorded(provider, ledger, Leftovers(registry))
