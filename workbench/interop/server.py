"""The gRPC server of the service, with our errors as gRPC statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc

from workbench.interop.refusal import NotKept, Refusal, TooSoon
from workbench.interop.service import CALLS, Call
from workbench.interop.store import ObjectStore
from workbench.mls import Misuse, MLSError
from workbench.mls.errors import InvalidArgument

MESSAGES = grpc.protos("workbench/interop/mls_client.proto")
"""The messages of the .proto file, which is compiled in memory when this module is imported."""


@dataclass(frozen=True, slots=True)
class Method:
    """A gRPC call: its address, and the classes of its request and its response."""

    path: str
    request: Any
    response: Any


def methods() -> Mapping[str, Method]:
    """All calls of the service, by name, in the order of the .proto file."""
    service = MESSAGES.DESCRIPTOR.services_by_name["MLSClient"]
    return {
        method.name: Method(
            f"/{service.full_name}/{method.name}",
            getattr(MESSAGES, method.input_type.name),
            getattr(MESSAGES, method.output_type.name),
        )
        for method in service.methods
    }


class AddressTaken(Exception):
    """The server cannot listen on the given host and port."""


def start(host: str, port: int) -> tuple[grpc.Server, int]:
    """A listening server and its port, which is a free one if `port` is 0. Raises `AddressTaken`.

    The server handles one call at a time, so its store needs no locks.
    """
    # Without the option a second server could listen on the same port, and would get half of the calls.
    server = grpc.server(ThreadPoolExecutor(max_workers=1), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers([_handlers(ObjectStore())])
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as problem:
        raise AddressTaken(f"nothing can listen on {host}:{port}") from problem
    server.start()
    return server, bound


def _handlers(store: ObjectStore) -> grpc.GenericRpcHandler:
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            _answering(CALLS[name], store, method.response),
            request_deserializer=method.request.FromString,
            response_serializer=method.response.SerializeToString,
        )
        for name, method in methods().items()
    }
    return grpc.method_handlers_generic_handler("mls_client.MLSClient", handlers)


def _answering(call: Call, store: ObjectStore, response: Any) -> Callable[[Any, grpc.ServicerContext], Any]:
    """A call whose errors become gRPC errors: a status for the runner, and a sentence for people."""

    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return response(**call(store, request))
        except (MLSError, Refusal) as problem:
            context.abort(status_of(problem), f"{type(problem).__name__}: {problem}")

    return answer


def status_of(problem: MLSError | Refusal) -> grpc.StatusCode:
    """The gRPC status of an error: the request is invalid, or it is not possible at this time."""
    match problem:
        case NotKept():
            return grpc.StatusCode.NOT_FOUND
        case InvalidArgument():
            return grpc.StatusCode.INVALID_ARGUMENT
        case Misuse() | TooSoon():
            return grpc.StatusCode.FAILED_PRECONDITION
        case _:
            return grpc.StatusCode.INVALID_ARGUMENT
