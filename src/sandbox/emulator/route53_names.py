"""Names of records: lower case, a dot at the end, and octal codes for what is not a letter, digit, `-` or `_`.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

from __future__ import annotations

import re

_CODE = re.compile(r"\\([0-3][0-7]{2})")
_PLAIN = re.compile(r"[a-z0-9_.-]")
_LABEL = re.compile(r"[!-~]{1,63}")
_LONGEST = 255


def absolute(name: str) -> str:
    """As Route 53 shows it: `*.Example.com` is `\\052.example.com.`."""
    # A dot in a code is a part of its label, and stays a code.
    text = _CODE.sub(lambda it: it[0] if it[1] == "056" else chr(int(it[1], 8)), name).lower()
    text = "".join(_shown(text, at) for at in range(len(text)))
    return text if text.endswith(".") else f"{text}."


def _shown(text: str, at: int) -> str:
    char = text[at]
    if _PLAIN.match(char) or (char == "\\" and text[at:at + 4] == "\\056"):
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode())


def fits(name: str) -> bool:
    """Whether it can be a domain name at all."""
    labels = _CODE.sub("x", name.rstrip(".")).split(".")
    return len(name) <= _LONGEST and all(_LABEL.fullmatch(label) for label in labels)


def order(name: str) -> list[str]:
    """Names are listed by their labels from the last to the first."""
    return name.rstrip(".").split(".")[::-1]


def within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
