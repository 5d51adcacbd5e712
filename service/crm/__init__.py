"""One file per CRM host, all over the same summary."""
