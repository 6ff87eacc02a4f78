"""GitHub Actions as far as a workflow signs in with it: the token service of a job and its OIDC issuer."""
