"""Where, as whom, and how. Read at every call, but for what concerns connections: that is read at the first."""

from __future__ import annotations

import copy
import os
import sys
from binascii import b2a_base64
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

HOST = "https://api.smooch.io"
Setting = dict[str, Any]

# Names that 17 gave to the shapes of what a Configuration answers.
ServerVariablesT = dict[str, str]
GenericAuthSetting = APIKeyAuthSetting = OAuth2AuthSetting = HTTPSignatureAuthSetting = Setting
BasicAuthSetting = BearerAuthSetting = BearerFormatAuthSetting = Setting
AuthSettings = dict[str, Setting]
HostSetting = HostSettingVariable = Setting
JSON_SCHEMA_VALIDATION_KEYWORDS = {
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
}


class Configuration:
    """What a client needs to know. `host` may carry a path (https://example.zendesk.com/sc)."""

    _default: ClassVar[Configuration | None] = None

    def __init__(
        self,
        host: str | None = None,
        api_key: dict[str, str] | None = None,
        api_key_prefix: dict[str, str] | None = None,
        username: str | None = None,
        password: str | None = None,
        access_token: str | None = None,
        server_index: int | None = None,
        server_variables: dict[str, str] | None = None,
        server_operation_index: dict[int, int] | None = None,
        server_operation_variables: dict[int, dict[str, str]] | None = None,
        ignore_operation_servers: bool = False,
        ssl_ca_cert: str | None = None,
        retries: Any = None,  # a number or a urllib3 Retry; None is one attempt
        ca_cert_data: str | bytes | None = None,
        *,
        discard_unknown_keys: bool = False,
        debug: bool | None = None,
    ) -> None:
        self._base_path = host or HOST
        self.server_index = server_index
        self.server_variables = server_variables or {}
        self.server_operation_index = server_operation_index or {}
        self.server_operation_variables = server_operation_variables or {}
        self.ignore_operation_servers = ignore_operation_servers
        self.api_key = api_key or {}
        self.api_key_prefix = api_key_prefix or {}
        self.refresh_api_key_hook: Callable[[Configuration], object] | None = None
        self.username, self.password, self.access_token = username, password, access_token
        self.discard_unknown_keys = discard_unknown_keys
        self.temp_folder_path: str | None = None
        self.client_side_validation = True
        self.safe_chars_for_path_param = ""
        self.datetime_format, self.date_format = "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d"

        self.verify_ssl = True
        self.ssl_ca_cert, self.ca_cert_data = ssl_ca_cert, ca_cert_data
        self.cert_file: str | None = None
        self.key_file: str | None = None
        self.assert_hostname: str | bool | None = None
        self.tls_server_name: str | None = None
        self.proxy: str | None = None
        self.proxy_headers: dict[str, str] | None = None
        self.retries = retries
        self.connection_pool_maxsize = (os.cpu_count() or 1) * 5
        self.socket_options: Any = None

        self._debug = False
        self._logger_file: str | None = None
        self.logger_format = "%(asctime)s %(levelname)s %(message)s"
        self.logger_stream_handler: logging.Handler | None = None
        self.logger_file_handler: logging.Handler | None = None
        if debug is not None:
            self.debug = debug

    @property
    def host(self) -> str:
        if self.server_index is None:
            return self._base_path
        return self.get_host_from_settings(self.server_index, self.server_variables)

    @host.setter
    def host(self, value: str) -> None:
        self._base_path, self.server_index = value, None

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        Configuration._default = default

    @classmethod
    def get_default(cls) -> Configuration:
        """The default itself: what is set on it is set for all."""
        if Configuration._default is None:
            Configuration._default = cls()
        return Configuration._default

    @classmethod
    def get_default_copy(cls) -> Configuration:
        return cls() if Configuration._default is None else copy.deepcopy(Configuration._default)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = object.__new__(type(self))
        shared = ("logger", "logger_file_handler", "logger_stream_handler", "refresh_api_key_hook", "retries")
        for name, value in vars(self).items():
            setattr(other, name, value if name in shared else copy.deepcopy(value, memo))
        return other

    @cached_property
    def logger(self) -> dict[str, logging.Logger]:
        import logging  # not every program logs

        return {
            "package_logger": logging.getLogger("sunshine_conversations_client"),
            "urllib3_logger": logging.getLogger("urllib3"),
        }

    @property
    def logger_formatter(self) -> logging.Formatter:
        import logging

        return logging.Formatter(self.logger_format)

    @property
    def logger_file(self) -> str | None:
        return self._logger_file

    @logger_file.setter
    def logger_file(self, value: str | None) -> None:
        self._logger_file = value
        if value:
            import logging

            self.logger_file_handler = logging.FileHandler(value)
            self.logger_file_handler.setFormatter(self.logger_formatter)
            for logger in self.logger.values():
                logger.addHandler(self.logger_file_handler)

    @property
    def debug(self) -> bool:
        """Whether answers are logged, with what they say."""
        return self._debug

    @debug.setter
    def debug(self, value: bool) -> None:
        self._debug = value
        for logger in self.logger.values():
            logger.setLevel("DEBUG" if value else "WARNING")

    def get_api_key_with_prefix(self, identifier: str, alias: str | None = None) -> str | None:
        if self.refresh_api_key_hook is not None:
            self.refresh_api_key_hook(self)
        key = self.api_key.get(identifier) or (self.api_key.get(alias) if alias else None)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key

    def get_basic_auth_token(self) -> str:
        pair = f"{self.username or ''}:{self.password or ''}".encode()
        return "Basic " + b2a_base64(pair, newline=False).decode()

    def auth_settings(self) -> dict[str, Setting]:
        """The ways to say who asks. Where there are two the last one is taken: the token."""
        auth: dict[str, Setting] = {}
        if self.username is not None and self.password is not None:
            told = {"type": "basic", "in": "header", "key": "Authorization"}
            auth["basicAuth"] = told | {"value": self.get_basic_auth_token()}
        if self.access_token is not None:
            told = {"type": "bearer", "in": "header", "format": "JWT", "key": "Authorization"}
            auth["bearerAuth"] = told | {"value": f"Bearer {self.access_token}"}
        return auth

    def to_debug_report(self) -> str:
        from parhelion import __version__

        return (
            "Python SDK Debug Report:\n"
            f"OS: {sys.platform}\n"
            f"Python Version: {sys.version}\n"
            f"Version of the API: 17.12.1\n"
            f"SDK Package Version: {__version__} (Parhelion)"
        )

    def get_host_settings(self) -> list[Setting]:
        subdomain = {"description": "Your subdomain", "default_value": "", "enum_values": list[str]()}
        return [
            {"url": HOST, "description": "United States"},
            {"url": "https://api.eu-1.smooch.io", "description": "European Union"},
            {
                "url": "https://{subdomain}.zendesk.com/sc",
                "description": "A Zendesk subdomain",
                "variables": {"subdomain": subdomain},
            },
        ]

    def get_host_from_settings(
        self, index: int | None, variables: dict[str, str] | None = None, servers: list[Setting] | None = None
    ) -> str:
        if index is None:
            return self._base_path
        servers = self.get_host_settings() if servers is None else servers
        if not -len(servers) <= index < len(servers):
            raise ValueError(
                f"Invalid index {index} when selecting the host settings. Must be less than {len(servers)}"
            )
        url: str = servers[index]["url"]
        needed: dict[str, Setting] = servers[index].get("variables", {})
        for name, variable in needed.items():
            value = (variables or {}).get(name, str(variable["default_value"]))
            if variable.get("enum_values") and value not in variable["enum_values"]:
                raise ValueError(f"The variable `{name}` in the host URL has invalid value {value}")
            url = url.replace(f"{{{name}}}", value)
        return url
