"""Cloudflare's zones, by the publisher's SDK.

One object per value; `singles` makes record sets of them. Batches are transactions, what stands beside records
(custom hostnames, regions) is in none.
"""
