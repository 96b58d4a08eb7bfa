//! Which addresses and which HTTP requests are covered by the grants.

use super::log::Log;
use crate::diag::display_safe_line;
use crate::grant::{AddressRule, Capability, HttpRule};
use http_body_util::BodyExt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// The longest wait for a connection; a guest may ask for less.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest silence of a server; a guest may ask for less.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);

/// The granted addresses, host names looked up.
#[derive(Clone, Default)]
pub(super) struct Allowed(Arc<Granted>);

#[derive(Default)]
struct Granted {
    addresses: Vec<(IpAddr, Option<u16>)>,
    names: Vec<String>,
}

impl Allowed {
    /// Looks up each granted host name once; what the name means later does not matter.
    ///
    /// # Errors
    /// Which name is not known.
    pub(super) async fn resolve(rules: &[AddressRule]) -> Result<Self, String> {
        let mut granted = Granted::default();
        for rule in rules {
            if let Ok(ip) = rule.host.parse::<IpAddr>() {
                granted.addresses.push((ip.to_canonical(), rule.port));
                continue;
            }
            let host = rule.host.as_str();
            let found = tokio::net::lookup_host((host, 0))
                .await
                .map_err(|e| format!("the granted host {} cannot be looked up: {e}", display_safe_line(host)))?;
            granted.addresses.extend(found.map(|a| (a.ip().to_canonical(), rule.port)));
            granted.names.push(host.to_ascii_lowercase());
        }
        Ok(Self(Arc::new(granted)))
    }

    /// Whether a socket may be used with this address. Listening is never covered.
    pub(super) fn check(&self, address: SocketAddr, wanted: SocketAddrUse, log: &Log) -> bool {
        let (interface, verb) = match wanted {
            // Binding to any free port is part of connecting and sending.
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if address.ip().is_unspecified() && address.port() == 0 => {
                return true;
            }
            SocketAddrUse::TcpBind => ("wasi:sockets/tcp", "bind"),
            SocketAddrUse::TcpListen => ("wasi:sockets/tcp", "listen"),
            SocketAddrUse::TcpAccept => ("wasi:sockets/tcp", "accept"),
            SocketAddrUse::TcpConnect => ("wasi:sockets/tcp", "connect"),
            SocketAddrUse::UdpBind => ("wasi:sockets/udp", "bind"),
            SocketAddrUse::UdpSend => ("wasi:sockets/udp", "send"),
            SocketAddrUse::UdpReceive => ("wasi:sockets/udp", "receive"),
        };
        let outgoing = matches!(wanted, SocketAddrUse::TcpConnect | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive);
        let ip = address.ip().to_canonical();
        let covers =
            |(granted, port): &(IpAddr, Option<u16>)| *granted == ip && port.is_none_or(|p| p == address.port());
        let allowed = outgoing && self.0.addresses.iter().any(covers);
        log.count(interface, &format!("{verb} {address}"), Some(Capability::Network), allowed);
        allowed
    }

    /// Whether this name may be looked up: a granted one, or an address, which needs no lookup.
    pub(super) fn may_resolve(&self, name: &str) -> bool {
        name.parse::<IpAddr>().is_ok() || self.0.names.contains(&name.to_ascii_lowercase())
    }
}

/// Lets through the HTTP requests that a rule covers.
pub(super) struct HttpGate {
    rules: Vec<HttpRule>,
    log: Log,
}

impl HttpGate {
    pub(super) fn new(granted: &crate::grant::Listed<Vec<HttpRule>>, log: Log) -> Self {
        Self { rules: if granted.on { granted.list.clone() } else { Vec::new() }, log }
    }

    /// Whether scheme, host and port are exactly those of a rule.
    fn covers(&self, uri: &http::Uri) -> bool {
        let Some(authority) = uri.authority() else { return false };
        let scheme = uri.scheme_str().unwrap_or_default();
        let default_port = if scheme == "https" { 443 } else { 80 };
        // What a URI has before the host is for a server to see, or to mislead a reader.
        !authority.as_str().contains('@')
            && self.rules.iter().any(|rule| {
                rule.scheme == scheme
                    && rule.host.trim_matches(['[', ']']) == authority.host().trim_matches(['[', ']'])
                    && rule.port.unwrap_or(default_port) == authority.port_u16().unwrap_or(default_port)
            })
    }
}

type Later<T> = Box<dyn Future<Output = T> + Send>;
type Io = Later<Result<(), Error>>;

impl WasiHttpHooks for HttpGate {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Io,
    ) -> Later<Result<(http::Response<WasiBody>, Io), Error>> {
        let allowed = self.covers(request.uri());
        let what = format!("handle {} {}", request.method(), display_safe_line(&request.uri().to_string()));
        self.log.count("wasi:http/outgoing-handler", &what, Some(Capability::Http), allowed);
        if !allowed {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let mut options = options.unwrap_or_default();
        let shorter = |asked: Option<Duration>, most: Duration| Some(asked.map_or(most, |asked| asked.min(most)));
        options.connect_timeout = shorter(options.connect_timeout, CONNECT_TIMEOUT);
        options.first_byte_timeout = shorter(options.first_byte_timeout, SILENCE_TIMEOUT);
        options.between_bytes_timeout = shorter(options.between_bytes_timeout, SILENCE_TIMEOUT);
        Box::new(async move {
            let (response, io) = wasmtime_wasi_http::default_send_request(request, Some(options)).await?;
            Ok((response.map(BodyExt::boxed_unsync), Box::new(io) as Io))
        })
    }
}
