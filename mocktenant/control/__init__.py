"""The control plane under `/_mock/`: state, faults, requests, reset."""
