"""The service and all that it stands on, in real processes: one harness for the tests, `bench` and `chaos`.

`processes` starts, waits for and ends children; `valkey`, `cluster`, `sentinel` and `kinds` are the servers it keeps
its data in; `simulator` is Netigate; `service` is the whole service, `fleet` one with more sweepers; `http` asks them.
"""
