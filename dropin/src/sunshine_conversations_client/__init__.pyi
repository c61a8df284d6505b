# Printed by stubs.py from the table and from parhelion.wire.
from . import (
    api as api,
    api_client as api_client,
    api_response as api_response,
    configuration as configuration,
    exceptions as exceptions,
    model as model,
    models as models,
    rest as rest,
    undefined as undefined,
)
from .api import *  # noqa: F403 - a stub tells on whatever it takes this way
from .api_client import ApiClient as ApiClient
from .api_response import ApiResponse as ApiResponse
from .configuration import Configuration as Configuration
from .exceptions import (
    ApiAttributeError as ApiAttributeError,
    ApiException as ApiException,
    ApiKeyError as ApiKeyError,
    ApiTypeError as ApiTypeError,
    ApiValueError as ApiValueError,
    OpenApiException as OpenApiException,
)
from .model import *  # noqa: F403 - a stub tells on whatever it takes this way

__version__: str
