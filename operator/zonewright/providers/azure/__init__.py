"""Azure DNS, public and private: one code, two dialects of one API.

    settings     the configuration file and the flags                    pure
    records      the JSON of record sets ⇄ record sets                    pure
    credentials  tokens of Microsoft Entra, by azure-identity
    client       requests, and what their refusals mean
    provider     the contract

A record set is one resource, and its etag guards every write: nothing is created over, or changed under, somebody else.
"""
