"""Credentials to tokens: one file a kind of credential, MSAL behind them all."""
