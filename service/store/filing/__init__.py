"""Every write of results: the plan of a commit, partitions, filing and erasing."""
