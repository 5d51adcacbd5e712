"""The service and all that it needs, in real processes: one harness for the tests, `bench` and `chaos`.

`processes` starts, waits for and ends children; `valkey`, `cluster`, `sentinel` and `kinds` are the servers that hold
its data; `simulator` is Netigate; `service` is the whole service, `fleet` one with more sweepers; `http` asks them.
"""
