"""Test servers of our own, held to the publishers' API descriptions."""
