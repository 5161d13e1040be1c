"""Who asks for which hostname, and the DNSEndpoint that says so."""
