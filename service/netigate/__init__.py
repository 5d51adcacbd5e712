"""The upstream: what may be asked, how a reply is judged, and the only sender."""
