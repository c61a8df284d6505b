"""Parhelion's transport, made as a Configuration says: certificates and proxies."""

from __future__ import annotations

from binascii import a2b_base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .exceptions import ApiValueError

if TYPE_CHECKING:
    import ssl

    from parhelion.client import HttpTransport

    from .configuration import Configuration


def transport(configuration: Configuration) -> HttpTransport:
    """Connections for this configuration. Like the old clients, these ask no proxy that the environment names."""
    from parhelion.client import HttpTransport

    return HttpTransport(ssl_context=_ssl(configuration), proxy=_proxy(configuration) or False)


def _ssl(said: Configuration) -> ssl.SSLContext | None:
    usual = said.verify_ssl and said.assert_hostname is None
    if usual and not (said.ssl_ca_cert or said.ca_cert_data or said.cert_file or said.tls_server_name):
        return None
    import ssl

    name = said.tls_server_name or (said.assert_hostname if isinstance(said.assert_hostname, str) else None)

    class Context(ssl.SSLContext):
        """Asks for, and checks, the name that was told instead of the host's."""

        def wrap_socket(self, sock: Any, *, server_hostname: Any = None, **how: Any) -> Any:  # type: ignore[override]  # hears what it needs
            return super().wrap_socket(sock, server_hostname=name or server_hostname, **how)

    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    if not said.verify_ssl or said.assert_hostname is False:
        context.check_hostname = False
    if not said.verify_ssl:
        context.verify_mode = ssl.CERT_NONE
    elif said.ssl_ca_cert or said.ca_cert_data:
        context.load_verify_locations(cafile=said.ssl_ca_cert, cadata=said.ca_cert_data)
    else:
        context.load_default_certs()
    if said.cert_file:
        context.load_cert_chain(said.cert_file, said.key_file)
    return context


def _proxy(said: Configuration) -> str | None:
    if not said.proxy or not said.proxy_headers:
        return said.proxy
    pairs = {name.lower(): value for name, value in said.proxy_headers.items()}
    scheme, _, credentials = pairs.pop("proxy-authorization", "").partition(" ")
    if pairs or scheme.lower() != "basic":
        raise ApiValueError("Of proxy_headers only a basic proxy-authorization can be sent")
    user, _, password = a2b_base64(credentials).decode("latin-1").partition(":")
    before, _, place = said.proxy.rpartition("://")
    return f"{before or 'http'}://{quote(user, safe='')}:{quote(password, safe='')}@{place}"
