"""What ExternalDNS v0.22.0 has and Zonewright does not have yet: known by name, so that it is refused, not ignored.

A flag that Zonewright gains is taken out here; a test holds the two lists apart.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SOURCES = _words("""
    fake connector istio-gateway istio-virtualservice contour-httpproxy gloo-proxy empty skipper-routegroup
    openshift-route ambassador-host kong-tcpingress f5-virtualserver f5-transportserver traefik-proxy unstructured
""")

PROVIDERS = _words("""
    aws-sd civo dnsimple exoscale godaddy
    linode ns1 oci ovh pihole scaleway
""")

REGISTRIES = ("crd", "aws-sd")

# Flags without a value; each also stands as --no-NAME.
SWITCHES = _words("""
    traefik-enable-legacy traefik-disable-new
    aws-sd-service-cleanup
    coredns-strictly-owned oci-auth-instance-principal ovh-enable-cname-relative ns1-ignoressl
    godaddy-api-ote rfc2136-gss-tsig pihole-tls-skip-verify webhook-server
""")

VALUED = _words("""
    gloo-namespace skipper-routegroup-groupversion connector-source-server crd-source-apiversion crd-source-kind
    openshift-router-name unstructured-resource events-emit provider-cache-time

    aws-sd-create-tag

    oci-config-file oci-compartment-ocid oci-zone-scope oci-zones-cache-duration
    ovh-endpoint ovh-api-rate-limit ns1-endpoint ns1-min-ttl godaddy-api-key
    godaddy-api-secret godaddy-api-ttl exoscale-apienv exoscale-apizone
    exoscale-apikey exoscale-apisecret exoscale-zones-cache-duration
    rfc2136-kerberos-username rfc2136-kerberos-password rfc2136-kerberos-realm
    pihole-server pihole-password crd-registry-namespace
    webhook-provider-read-timeout webhook-provider-write-timeout
    webhook-provider-read-header-timeout webhook-provider-idle-timeout target-template request-timeout kube-api-qps
    kube-api-burst
""")

FLAGS = frozenset(SWITCHES + VALUED)
