"""A stand-in marketplace: what an integrator's side of the portal's webhooks looks like, in plain Python."""
