"""A stand-in Netigate: its documented API over invented answers, with faults on demand. Shares no code with `service`."""
