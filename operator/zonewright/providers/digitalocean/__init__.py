"""DigitalOcean: one object per value, and no transactions.

records   the JSON of records ⇄ values of record sets    pure
provider  requests, and the contract
"""
