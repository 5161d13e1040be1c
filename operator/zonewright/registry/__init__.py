"""Registries: where it is written whose a record is. The contract is in `base`."""
