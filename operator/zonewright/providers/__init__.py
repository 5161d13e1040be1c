"""DNS providers: each lists zones and records, and applies a batch. Contract: `base`; choice: `catalog`."""
