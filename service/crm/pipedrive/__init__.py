"""Pipedrive: the data of a JSON panel, and the custom field that may hold the customer's ID."""
