"""Ownership in a table of DynamoDB, in ExternalDNS's format. Pure: `zonewright.ledger` reads and writes the table."""
