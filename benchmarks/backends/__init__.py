"""The DNS servers that both tools write to."""
