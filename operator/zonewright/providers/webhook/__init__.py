"""Any provider that speaks ExternalDNS's webhook provider protocol, version 1.

wire      record sets and changes ⇄ the JSON of the protocol   pure
client    requests with the protocol's media type
provider  the contract
"""
