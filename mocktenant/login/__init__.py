"""Sign-in: discovery, keys and the token endpoint of the Microsoft identity platform."""
