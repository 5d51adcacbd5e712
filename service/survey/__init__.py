"""What Netigate says, a result, a summary, a change, and their rules. Pure: no I/O, no clock, no options."""
