"""From an object to claims: pure, synchronous, and never surprised by what an object holds."""
