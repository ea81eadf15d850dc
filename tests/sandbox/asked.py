"""Cloudflare and Upstash as a client without any cleverness sees them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from conftest import Cloud


def zone_id(cloud: Cloud, name: str = "example.com") -> str:
    return hashlib.md5(f"{cloud.account}/{name}".encode()).hexdigest()


class Vendor:
    """What a vendor answered last is in `status`, `answer` and `headers`."""

    host = ""
    prefix = ""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.status = 0
        self.answer: Any = None
        self.headers: Any = {}

    def send(self, method: str, path: str, body: Any = None, authorization: str | None = "") -> int:
        """The status. An empty authorization is a good one, None is none at all."""
        url = f"{self.cloud.server.url}/_vendors/{self.cloud.account}/{self.host}{self.prefix}/{path}"
        headers = {"Content-Type": "application/json"}
        if authorization is not None:
            headers["Authorization"] = authorization or self.authorization()
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            reply = urlopen(Request(url, data=data, method=method, headers=headers))
        except HTTPError as error:
            reply = error
        with reply:
            text = reply.read().decode()
            self.status, self.headers = reply.status, reply.headers
            self.answer = json.loads(text) if reply.headers.get_content_type() == "application/json" else text
        return self.status

    def authorization(self) -> str:
        raise NotImplementedError


class Cloudflare(Vendor):
    host = "api.cloudflare.com"
    prefix = "/client/v4"

    def authorization(self) -> str:
        return "Bearer token-of-mine"

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """The result of what has to go well. `Z` in the path is the zone."""
        status = self.send(method, path.replace("Z", f"zones/{zone_id(self.cloud)}", 1), body)
        assert status == 200, self.answer
        return self.answer.get("result", self.answer)

    def no(self, code: int, method: str, path: str, body: Any = None, status: int = 400) -> dict[str, Any]:
        """The error of what has to go wrong: with this code, or with it in the chain."""
        found = self.send(method, path.replace("Z", f"zones/{zone_id(self.cloud)}", 1), body)
        assert found == status, self.answer
        assert (self.answer["success"], self.answer["result"]) == (False, None)
        error = self.answer["errors"][0]
        assert code in (error["code"], *(it["code"] for it in error.get("error_chain", []))), error
        return error


class Upstash(Vendor):
    host = "api.upstash.com"
    prefix = "/v2"

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(b"me@example.com:key-of-mine").decode()

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        status = self.send(method, path, body)
        assert status == 200, self.answer
        return self.answer
