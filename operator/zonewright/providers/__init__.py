"""DNS providers: each lists zones and records, and applies a batch. The contract is in `base`, the choice in `catalog`."""
