"""The working group's interop service: others drive our members by gRPC and compare what they say.

The interface is `mls_client.proto` of mlswg/mls-implementations; its test runner plays scripts with any two or more
implementations as clients. In the order to read:

1. `mls_client.proto`  the 34 calls, and what they mean
2. `store`             what is kept between two calls, by id
3. `member`            one client in one group: every call gives the next value of it
4. `described`         between the fields of requests and responses and the protocol's own values
5. `service`           a function for each call; some of them in `joining` and `reinit_and_branch`
6. `server`            gRPC around it, and our errors as its statuses

Real time and randomness come in here: the protocol itself has neither. `grpcio` and `grpcio-tools` are needed by
`server` alone (the extra `interop`).
"""
