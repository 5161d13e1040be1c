"""CoreDNS, by way of the etcd that its etcd plugin reads (the layout of SkyDNS).

    layout        names ⇄ keys and ranges of keys                     pure
    values        the JSON under a key ⇄ hosts and texts; record sets  pure
    view          what is known of a zone, key by key                 pure
    draft         changes → one conditional transaction               pure
    requests      etcd's JSON gateway: requests and answers           pure
    connection    where etcd is, from the environment
    client        the only module that awaits an answer of etcd
    provider      the contract

The layout is ExternalDNS's, so that either program can take over from the other with no record changed:
/skydns/org/example/app/1b2c3d4e holds one target of app.example.org; the last label is made up ("targetstrip": 1).

Know CoreDNS's ways (plugin/etcd, v1.15.0). It answers for a name with everything at *and below* it, so a name that has
names below it answers with theirs too. It answers a question for the type CNAME only from the exact key, so with this
layout a CNAME shows in the answer to A or AAAA alone. A stored "*" is a label like any other: for it to answer other
names, the Corefile has to rewrite the question (docs/providers/coredns.md).
"""
