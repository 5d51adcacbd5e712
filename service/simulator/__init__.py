"""A stand-in Netigate that speaks the documented API, with faults on demand. Shares nothing with the service."""
