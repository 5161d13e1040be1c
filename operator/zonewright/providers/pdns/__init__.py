"""PowerDNS Authoritative, by its HTTP API.

    content     targets ⇄ the content of records, by type                  pure
    rrsets      the JSON of RRsets ⇄ record sets                           pure
    draft       changes → one PATCH, given what stands                     pure
    requests    paths, and what answers other than success mean            pure
    connection  where the server is, and how to get in
    client      the only module that awaits an answer of the server
    provider    the contract

One PATCH of a zone is one transaction: all of it lands, or nothing. It has no condition, though (the API knows no
ETag), so what stands is read right before it is written: what others write between the two is overwritten.
"""
