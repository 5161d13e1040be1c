"""Alibaba Cloud DNS (alidns 2015-01-09): one object per value, and no transactions.

credentials  the configuration file, or the role of the machine
signature    ACS3-HMAC-SHA256                          pure
records      the JSON of records ⇄ values of record sets    pure
client       actions, pages, and what refusals mean
provider     the contract
"""
