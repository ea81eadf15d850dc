"""The protocol "Smithy RPC v2 CBOR", which the newer SDKs speak with CloudWatch.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
botocore has a client's half of it; here its halves change places.
"""

from __future__ import annotations

from typing import Any

from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from moto.core.parse import default_timestamp_parser

PROTOCOL = "smithy-rpc-v2-cbor"
HEADERS = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}


class _Writer(RpcV2CBORSerializer):
    """Leaves out what the model does not know, as the other protocols do."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: Any) -> None:
        known = {name: member for name, member in value.items() if name in shape.members}
        super()._serialize_type_structure(serialized, known, shape, key)


class _Text:
    """A shape of which there is only a type."""

    type_name = "string"
    serialization: dict[str, Any] = {}


class _Texts:
    type_name = "map"
    key = value = _Text


def decode(body: bytes, shape: Any) -> dict[str, Any]:
    if not body or shape is None:
        return {}
    parser = RpcV2CBORParser(timestamp_parser=default_timestamp_parser)
    found = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    return {name: value for name, value in found.items() if name in shape.members}


def encode(value: dict[str, Any], shape: Any) -> bytes:
    return b"" if shape is None else _written(value, shape)


def plain(value: dict[str, str]) -> bytes:
    """A map of texts."""
    return _written(value, _Texts)


def _written(value: Any, shape: Any) -> bytes:
    body = bytearray()
    _Writer()._serialize_data_item(body, value, shape)
    return bytes(body)
