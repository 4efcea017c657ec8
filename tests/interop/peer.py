"""A client for a server of the interop interface, the workbench's or another one."""

from __future__ import annotations

from typing import Any

import grpc

from workbench.interop.server import methods

METHODS = methods()
SECONDS = 30


class Peer:
    """A connection to a server; `calls` are the names of the calls that the server has answered."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.calls: set[str] = set()
        self._channel = grpc.insecure_channel(address)
        self._stubs = {
            name: self._channel.unary_unary(
                method.path,
                request_serializer=method.request.SerializeToString,
                response_deserializer=method.response.FromString,
            )
            for name, method in METHODS.items()
        }

    def call(self, name: str, **fields: object) -> Any:
        """The answer to one call; a `grpc.RpcError` if it is refused."""
        answer = self._stubs[name](METHODS[name].request(**fields), timeout=SECONDS)
        self.calls.add(name)
        return answer

    def status(self, name: str, **fields: object) -> grpc.StatusCode:
        """The gRPC status with which a call is answered."""
        return self._stubs[name].future(METHODS[name].request(**fields), timeout=SECONDS).code()

    @property
    def suites(self) -> set[int]:
        """The cipher suites that the server has."""
        return set(self.call("SupportedCiphersuites").ciphersuites)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()
