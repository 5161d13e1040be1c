"""Zonewright keeps DNS records in step with a Kubernetes cluster."""

__version__ = "0.1.0"
