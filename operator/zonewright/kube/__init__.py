"""The Kubernetes API: connection, requests, stores of what was read. Only here is kubernetes-asyncio imported."""
