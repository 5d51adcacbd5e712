"""A stand-in Netigate: its documented API over invented answers, with faults on demand. Imports nothing else here."""
