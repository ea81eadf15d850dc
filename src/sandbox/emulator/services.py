"""The services that the sandbox knows, one row each.

A service goes by the prefix that policies give its actions, so a call's name
is the permission that it needs, such as `elasticloadbalancing:DeleteRule`.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from moto.core.utils import get_service_model


@dataclass(frozen=True)
class Service:
    name: str                               # in policies, in hooks, in the log
    moto: str                               # the module of moto that does its work
    response: str                           # moto's class that answers it
    model: str = ""                         # botocore's name, if another
    signs_as: str = ""                      # the name in signatures, if another
    everywhere: str = ""                    # moto's region, if the service has none
    bad_token: str = "ValidationException"  # the error for a page token that makes no sense

    @property
    def operations(self) -> Any:
        """botocore's model: what operations there are, and what they take and give."""
        return get_service_model(self.model or self.name)

    def new_response(self) -> Any:
        return getattr(importlib.import_module(f"moto.{self.moto}.responses"), self.response)()

    def backend(self, account: str, region: str) -> Any:
        """moto's objects. `Any`, as the sandbox gives them attributes which moto's serialiser then shows."""
        return self._backends(account)[self.everywhere or region]

    def regions(self, account: str) -> list[str]:
        """Where moto has objects of an account."""
        return list(self._backends(account))

    def _backends(self, account: str) -> Any:
        models = importlib.import_module(f"moto.{self.moto}.models")
        return getattr(models, f"{self.moto}_backends")[account]


_ROWS = (
    Service("acm", "acm", "AWSCertificateManagerResponse", bad_token="ValidationException"),
    Service("application-autoscaling", "applicationautoscaling", "ApplicationAutoScalingResponse",
            bad_token="InvalidNextTokenException"),
    Service("cloudfront", "cloudfront", "CloudFrontResponse", everywhere="aws", bad_token="InvalidArgument"),
    Service("cloudwatch", "cloudwatch", "CloudWatchResponse", signs_as="monitoring",
            bad_token="InvalidNextToken"),
    Service("ec2", "ec2", "EC2Response", bad_token="InvalidNextToken"),
    Service("ecr", "ecr", "ECRResponse", bad_token="InvalidParameterException"),
    Service("ecs", "ecs", "EC2ContainerServiceResponse", bad_token="InvalidParameterException"),
    Service("elasticache", "elasticache", "ElastiCacheResponse", bad_token="InvalidParameterValue"),
    Service("elasticloadbalancing", "elbv2", "ELBV2Response", model="elbv2", bad_token="ValidationError"),
    Service("iam", "iam", "IamResponse", everywhere="aws", bad_token="ValidationError"),
    Service("kms", "kms", "KmsResponse", bad_token="InvalidMarkerException"),
    Service("logs", "logs", "LogsResponse", bad_token="InvalidParameterException"),
    Service("rds", "rds", "RDSResponse", bad_token="InvalidParameterValue"),
    Service("route53", "route53", "Route53", everywhere="aws", bad_token="InvalidInput"),
    Service("s3", "s3", "S3Response", everywhere="aws", bad_token="InvalidArgument"),
    Service("secretsmanager", "secretsmanager", "SecretsManagerResponse",
            bad_token="InvalidNextTokenException"),
    Service("sns", "sns", "SNSResponse", bad_token="InvalidParameter"),
    Service("sqs", "sqs", "SQSResponse", bad_token="InvalidParameterValue"),
    Service("ssm", "ssm", "SimpleSystemManagerResponse", bad_token="InvalidNextToken"),
    Service("sts", "sts", "TokenResponse"),
    Service("tag", "resourcegroupstaggingapi", "ResourceGroupsTaggingAPIResponse",
            model="resourcegroupstaggingapi", signs_as="tagging", bad_token="PaginationTokenExpiredException"),
    Service("wafv2", "wafv2", "WAFV2Response", bad_token="WAFInvalidParameterException"),
)

SERVICES = {service.name: service for service in _ROWS}

# The name in a signature -> the service's own.
SIGNED_AS = {service.signs_as or service.name: service.name for service in _ROWS}
