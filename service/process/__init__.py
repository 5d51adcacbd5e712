"""What runs the service: the supervisor, the embedded server, and the web server's configuration."""
