"""The conformance suite, which lives outside this repository, and the list of its cases that pass here."""
