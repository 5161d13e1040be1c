"""Ownership in TXT records beside the records, in ExternalDNS's format: `names` is where, `values` is what."""
