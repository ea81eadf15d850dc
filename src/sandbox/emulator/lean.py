"""Keeps moto from loading what a sandbox with machines of its own does not need.

Has to be imported before anything of moto's EC2. Halves the start-up time and
makes new accounts ten times quicker: moto reads the instance types of all
regions, and gives every account a copy of some 1300 machine images. And it
goes through all of botocore's files anew for each model that it loads.
"""

from __future__ import annotations

import functools
import os
from typing import Any

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from moto.core import utils as core  # noqa: E402
from moto.utilities import utils  # noqa: E402

_load = utils.load_resource


def _load_little(resource: str) -> Any:
    return {} if resource.startswith(("ec2/resources/instance_type", "ec2/resources/amis")) else _load(resource)


utils.load_resource = _load_little
core.create_loader = functools.cache(core.create_loader)  # type: ignore
