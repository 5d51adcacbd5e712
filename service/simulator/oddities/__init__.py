"""What a real account may do that the plain one does not: odd trees, odd answers, odd paging, by name. Pure."""
