"""Zonewright and ExternalDNS, measured in turn on the same control plane and the same DNS servers.

    plan        what is to be measured, in which order, and how long that takes
    population  the objects: hostnames, addresses, manifests
    apiserver   writing them, fast, and what the API server counts
    backends    the DNS servers: emptied, counted, asked, looked at
    tools       the two programs, as processes
    processes   what the kernel knows of a process
    watching    asking until something is so, and when it became so
    work        what is measured, one kind of work each
    session     the order of it all: sizes, back ends, runs, tools
    results     what was measured, as values and as JSON
    statistics  percentiles, medians, spreads
    targets     what was to be reached
    report      the table
    plots       the pictures

`python -m benchmarks --help` tells how it is started; docs/performance.md how it measures. It imports `localcluster`,
which lies below tests/: PYTHONPATH=tests:. in the repository's directory.
"""
