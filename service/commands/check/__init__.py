"""`netigate-results check`: from an API key to the options to set, each failure with what to do about it."""
