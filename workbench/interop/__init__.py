"""The working group's interop service: a test runner calls our members over gRPC and compares the answers.

The interface is `mls_client.proto` of mlswg/mls-implementations. Its test runner plays scripts with two or more
implementations. Read the modules in this order:

1. `mls_client.proto`  the 34 calls, and their meaning
2. `store`             the objects that are kept between two calls, by id
3. `member`            one client in one group: every call returns its next value
4. `described`         converts fields of requests and responses to and from the protocol's values
5. `service`           a function for each call; some are in `joining` and `reinit_and_branch`
6. `server`            the gRPC server, with our errors as gRPC statuses

This package reads the clock and draws randomness; the protocol does neither. Only `server` needs `grpcio` and
`grpcio-tools` (the extra `interop`).
"""
