"""From DNSEndpoints to DNS: which zone, what stands there, what to change, and what came of it."""
