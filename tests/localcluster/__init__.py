"""A real control plane and a real DNS server on the loopback, without containers and without root.

    programs   what is built, from which module, and where it is kept
    golang     the Go that builds it
    build      building, with an estimate of the time left (progress)
    process    one background process: pid file, log, death
    flags      the command lines
    credentials, ports
    controlplane, coredns, crds   starting, stopping, filling
    cluster    what tests and the demo hold in their hands
    shared     one control plane for all processes of a test run
    operator_process, dnsserver, wait   helpers for tests

`python -m localcluster --help` tells what can be done by hand. Everything that runs keeps its data and logs in one
directory, so that a directory is a cluster: to stop what runs there needs nothing but the directory.
"""
