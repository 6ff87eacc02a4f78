"""HTTP to Microsoft's APIs: pooled connections, paging, retries, typed errors."""
