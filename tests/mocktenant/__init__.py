"""Tests of the mock tenant, over real sockets and real TLS."""
