"""Imports the modules whose hooks make up the services' behaviour."""

from . import ec2_reads  # noqa: F401
