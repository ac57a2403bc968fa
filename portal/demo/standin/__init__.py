"""The demonstration's marketplace (시범장터): the example client with pages to look at, goods of its own, and ways to
misbehave. Plain Python, as ``examples.client`` is; the portal knows nothing of it but its address."""
