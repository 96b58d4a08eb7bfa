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
        self.rules.iter().any(|rule| rule.matches(scheme, authority.as_str()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::Listed;
    use bytes::Bytes;
    use std::io::{Read, Write};
    use std::pin::Pin;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn address(host: &str, port: Option<u16>) -> AddressRule {
        AddressRule { host: host.into(), port }
    }

    #[test]
    fn sockets_reach_granted_addresses_only() {
        let rules = [address("10.0.0.7", Some(80)), address("::1", None), address("localhost", Some(5432))];
        let allowed = block_on(Allowed::resolve(&rules)).unwrap();
        let log = Log::default();
        let check = |to: &str, wanted| allowed.check(to.parse().unwrap(), wanted, &log);
        for (to, expected) in [
            ("10.0.0.7:80", true),
            ("[::ffff:10.0.0.7]:80", true),
            ("10.0.0.7:81", false),
            ("10.0.0.8:80", false),
            ("[::1]:9", true),
            ("127.0.0.1:5432", true),
            ("127.0.0.1:80", false),
        ] {
            assert_eq!(check(to, SocketAddrUse::TcpConnect), expected, "{to}");
            assert_eq!(check(to, SocketAddrUse::UdpSend), expected, "{to}");
            assert!(!check(to, SocketAddrUse::TcpListen), "{to}");
            assert!(!check(to, SocketAddrUse::TcpBind), "{to}");
        }
        assert!(check("0.0.0.0:0", SocketAddrUse::UdpBind), "any free port");
        let accesses = log.take(&["wasi:sockets/tcp@0.2.6".to_owned()]);
        let connect = accesses.iter().find(|a| a.function == "connect 10.0.0.8:80").unwrap();
        assert_eq!((connect.interface.as_str(), connect.allowed), ("wasi:sockets/tcp@0.2.6", false));
    }

    #[test]
    fn names_are_looked_up_only_if_granted() {
        let allowed = block_on(Allowed::resolve(&[address("localhost", None)])).unwrap();
        for (name, expected) in [("localhost", true), ("LocalHost", true), ("1.2.3.4", true), ("evil.example", false)] {
            assert_eq!(allowed.may_resolve(name), expected, "{name}");
        }
        let why = block_on(Allowed::resolve(&[address("no such name", None)])).err().unwrap();
        assert!(why.contains("no such name"), "{why}");
    }

    fn gate(scheme: &str, host: &str, port: Option<u16>) -> HttpGate {
        let rule = HttpRule { scheme: scheme.into(), host: host.into(), port };
        HttpGate::new(&Listed { on: true, list: vec![rule] }, Log::default())
    }

    #[test]
    fn http_rules_match_exactly() {
        let gate = gate("https", "api.example.com", None);
        for (uri, expected) in [
            ("https://api.example.com/a?b", true),
            ("https://api.example.com:443/", true),
            ("http://api.example.com/", false),
            ("https://api.example.com:8443/", false),
            ("https://example.com/", false),
            ("https://api.example.com.evil.example/", false),
            ("https://api.example.com@evil.example/", false),
            ("https://user@api.example.com/", false),
            ("https://API.example.com/", false),
            ("https://api.example.com./", false),
            ("https://127.1/", false),
            ("/", false),
        ] {
            assert_eq!(gate.covers(&uri.parse().unwrap()), expected, "{uri}");
        }
        let numeric = super::tests::gate("http", "::1", Some(8080));
        assert!(numeric.covers(&"http://[::1]:8080/".parse().unwrap()));
        let rule = HttpRule { scheme: "http".into(), host: "a".into(), port: None };
        let off = HttpGate::new(&Listed { on: false, list: vec![rule] }, Log::default());
        assert!(!off.covers(&"http://a/".parse().unwrap()), "what is listed means nothing while the grant is off");
    }

    #[test]
    fn granted_requests_are_sent_and_others_are_not() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let answering = std::thread::spawn(move || {
            let (mut client, _) = server.accept().unwrap();
            let _ = client.read(&mut [0; 1024]).unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi").unwrap();
        });
        let mut gate = gate("http", "127.0.0.1", Some(port));
        let mut send = |uri: String| {
            let body = http_body_util::Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync();
            let request = http::Request::builder().uri(uri).body(body).unwrap();
            let answer = gate.send_request(request, None, Box::new(async { Ok(()) }));
            block_on(async {
                let (response, io) = Pin::from(answer).await?;
                let (body, io) = tokio::join!(response.into_body().collect(), Pin::from(io));
                io?;
                Ok::<_, Error>(body?.to_bytes())
            })
        };
        assert_eq!(send(format!("http://127.0.0.1:{port}/")).unwrap(), "hi");
        let refused = send(format!("http://localhost:{port}/"));
        assert!(matches!(refused, Err(Error::HttpRequestDenied)));
        answering.join().unwrap();
        let log = gate.log.take(&[]);
        let seen: Vec<_> = log.iter().map(|a| (a.function.as_str(), a.allowed)).collect();
        let (granted, other) =
            (format!("handle GET http://127.0.0.1:{port}/"), format!("handle GET http://localhost:{port}/"));
        assert_eq!(seen, [(granted.as_str(), true), (other.as_str(), false)]);
    }
}
