"""Route 53.

    zoneids   hosted zones of AWS's own services, for aliases          pure
    records   ResourceRecordSets ⇄ record sets                          pure
    routing   routing policies ⇄ properties                             pure
    batches   units → change batches within Route 53's limits            pure
    errors    what error codes and messages mean                         pure
    client    the only module that awaits an answer of AWS
    provider  the contract

A change batch is one transaction, and a DELETE in it must match what stands exactly. So an update is a DELETE of the
old record set and an UPSERT of the new one: in place, and never over what somebody else has written meanwhile.
"""
