"""How Redis is reached: clients for each kind of server, automatic pipelining, a probe."""
