"""Any server that takes dynamic updates (RFC 2136), such as BIND.

    connection  where the servers are, keys and TLS
    wire        one exchange over TCP or TLS, and whole transfers
    updates     units → update messages with their prerequisites     pure
    provider    the contract

An update message is atomic, and its prerequisites say exactly what it expects to find: nothing is created over, or
changed under, somebody else.
"""
