//! Addresses that a user allows: read from text into one spelling, and compared with what a guest asks for.
//!
//! A rule has exactly one spelling, and only that spelling matches: a guest that writes an address in another way
//! (upper case, a trailing dot, `user@`, octal or short IP numbers, `::ffff:127.0.0.1`) is refused.

use super::{AddressRule, HttpRule};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads `host:port`, `host`, `[::1]:80` or `::1` as a person types it; without a port, any port is allowed.
///
/// # Errors
/// What is wrong, and how it is written.
pub fn check_address(text: &str) -> Result<AddressRule, String> {
    let (host, port) = split_port(text.trim())?;
    Ok(AddressRule { host: check_host(host)?, port: port.map(check_port).transpose()? })
}

/// Reads `https://example.com` or `http://example.com:8080` as a person types it. The scheme's own port is left out.
///
/// # Errors
/// What is wrong, and how it is written.
pub fn check_http(text: &str) -> Result<HttpRule, String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").ok_or("The scheme is missing; write https://example.com")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return Err("Only http and https can be allowed; write https://example.com".into());
    }
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#', '\\']) {
        return Err("A rule covers the whole host; leave out everything after it, as in https://example.com".into());
    }
    let (host, port) = split_port(authority)?;
    let port = port.map(check_port).transpose()?.filter(|p| Some(*p) != default_port(&scheme));
    Ok(HttpRule { host: check_host(host)?, scheme, port })
}

/// Whether an address lies on this machine, in a private network, or is otherwise not one of the public internet:
/// loopback, link-local (cloud metadata, `169.254.169.254`), private, shared, multicast, unspecified, reserved, and
/// IPv6 forms that carry such an IPv4 address.
pub fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => is_private_v6(ip),
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let carried = match s {
        // IPv4-compatible, and the two NAT64 prefixes.
        [0, 0, 0, 0, 0, 0, hi, lo] | [0x64, 0xff9b, 0, 0, 0, 0, hi, lo] | [0x64, 0xff9b, 1, _, _, _, hi, lo] => {
            Some((hi, lo))
        }
        // 6to4.
        [0x2002, hi, lo, ..] => Some((hi, lo)),
        _ => None,
    };
    let carried = carried.map(|(hi, lo)| Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo)));
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || s.starts_with(&[0x2001, 0xdb8])
        || carried.is_some_and(is_private_v4)
}

impl HttpRule {
    /// Whether a request with this scheme and authority (`example.com`, `example.com:8443`) is allowed. The port may be
    /// left out where it is the scheme's own; everything else must be spelled exactly as the rule.
    pub fn matches(&self, scheme: &str, authority: &str) -> bool {
        let Ok((host, port)) = split_port(authority) else { return false };
        let port = match port {
            None => default_port(scheme),
            Some(text) => check_port(text).ok(),
        };
        scheme == self.scheme && bracketed(&self.host) == host && port.is_some() && port == self.effective_port()
    }

    /// The port that requests go to.
    pub fn effective_port(&self) -> Option<u16> {
        self.port.or_else(|| default_port(&self.scheme))
    }
}

impl fmt::Display for AddressRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", bracketed(&self.host)),
            None => f.write_str(&bracketed(&self.host)),
        }
    }
}

impl fmt::Display for HttpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, bracketed(&self.host))?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Splits `host:port`; an IPv6 address keeps its brackets, or has none and then no port.
fn split_port(text: &str) -> Result<(&str, Option<&str>), String> {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((inside, after)) = rest.split_once(']') else {
            return Err("The closing bracket is missing; write [::1]:80".into());
        };
        let host = text.get(..inside.len() + 2).unwrap_or(text);
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if after.is_empty() => Ok((host, None)),
            None => Err("After the closing bracket only a port can follow, as in [::1]:80".into()),
        };
    }
    match text.split_once(':') {
        None => Ok((text, None)),
        Some((_, rest)) if rest.contains(':') => Ok((text, None)),
        Some((host, port)) => Ok((host, Some(port))),
    }
}

fn check_port(text: &str) -> Result<u16, String> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let port = plain.then(|| text.parse().ok()).flatten();
    port.ok_or_else(|| "The port must be a number from 1 to 65535".into())
}

/// The one spelling of a host name or IP address, without brackets.
fn check_host(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("The host is missing; write example.com or 192.0.2.1".into());
    }
    if text.contains('@') {
        return Err("A user name cannot be part of a rule; write only the host".into());
    }
    let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    if inside.is_some() || text.contains(':') {
        return match inside.unwrap_or(text).parse::<Ipv6Addr>() {
            Ok(ip) => match ip.to_ipv4_mapped() {
                Some(v4) => Err(format!("This is an IPv4 address in IPv6 clothes; write {v4}")),
                None => Ok(ip.to_string()),
            },
            Err(_) => Err("This is not an IPv6 address; write [2001:db8::1] or [::1]:80".into()),
        };
    }
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return Ok(ip.to_string());
    }
    if text == "*" || text.starts_with("*.") {
        return Err("A rule names one host; patterns are not supported".into());
    }
    if !text.is_ascii() {
        return Err("Only ASCII is compared safely; write the name's xn-- form".into());
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let label_ok = |label: &str| {
        let inside = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        inside && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.len() > 253 || !name.split('.').all(label_ok) {
        return Err("This is not a host name; write example.com or 192.0.2.1".into());
    }
    // `127.1`, `0x7f.0.0.1`, `017700000001` and `2130706433` all mean an IPv4 address to some resolvers.
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
    if hex || last.bytes().all(|b| b.is_ascii_digit()) {
        return Err("Write an IPv4 address as four decimal numbers, as in 192.0.2.1".into());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spellings of 127.0.0.1 and of names that some software takes for the plain one.
    const ODD: [&str; 14] = [
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "::ffff:127.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "user@127.0.0.1",
        "127.0.0.1%25",
        "①27.0.0.1",
        "127.0.0.1.",
    ];

    #[test]
    fn addresses_get_one_spelling() {
        for (typed, shown) in [
            ("Example.COM:443", "example.com:443"),
            (" example.com. ", "example.com"),
            ("192.0.2.1:80", "192.0.2.1:80"),
            ("[::1]:80", "[::1]:80"),
            ("::1", "[::1]"),
            ("[0:0:0:0:0:0:0:1]", "[::1]"),
            ("2001:DB8::1", "[2001:db8::1]"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("my_host:65535", "my_host:65535"),
        ] {
            let rule = check_address(typed).unwrap();
            assert_eq!(rule.to_string(), shown);
            assert_eq!(check_address(shown), Ok(rule));
        }
        for bad in [
            "",
            ":80",
            "[::1",
            "[::1]80",
            "[1.2.3.4]",
            "::1%eth0",
            "h:0",
            "h:65536",
            "h:+80",
            "h:080",
            "h:",
            "h:8 0",
            "*",
            "*.example.com",
            "a..b",
            "..",
            ".",
            "-a",
            "a b",
            "a\0b",
            "bücher.example",
            "a/b",
            "1.2.3.4.5",
            "256.1.1.1",
        ] {
            assert!(check_address(bad).is_err(), "{bad:?} must be refused");
        }
        for odd in ODD {
            assert!(check_address(odd).is_err(), "{odd:?} must be refused");
            assert!(check_http(&format!("http://{odd}")).is_err(), "{odd:?} must be refused");
        }
    }

    #[test]
    fn http_rules_get_one_spelling() {
        for (typed, shown) in [
            ("https://Example.com:8443", "https://example.com:8443"),
            ("HTTPS://example.com:443/", "https://example.com"),
            ("http://example.com:443", "http://example.com:443"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            let rule = check_http(typed).unwrap();
            assert_eq!(rule.to_string(), shown);
            assert_eq!(check_http(shown), Ok(rule));
        }
        for bad in [
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///",
            "https://example.com/path",
            "https://example.com?q",
            "https://example.com#f",
            "https://a@example.com",
            "https://a:b@example.com",
            "https://example.com\\@evil.example",
            "https://example.com//",
        ] {
            assert!(check_http(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn only_the_exact_request_matches() {
        let rule = check_http("http://127.0.0.1:8080").unwrap();
        assert!(rule.matches("http", "127.0.0.1:8080"));
        assert!(!rule.matches("https", "127.0.0.1:8080"));
        assert!(!rule.matches("http", "127.0.0.1"));
        assert!(!rule.matches("http", "127.0.0.1:80800"));
        for odd in ODD {
            assert!(!rule.matches("http", &format!("{odd}:8080")), "{odd}");
        }
        let rule = check_http("https://example.com").unwrap();
        assert!(rule.matches("https", "example.com"));
        assert!(rule.matches("https", "example.com:443"));
        for other in [
            "EXAMPLE.com",
            "example.com.",
            "example.com:",
            "example.com:0443",
            "example.com:80",
            "a@example.com",
            "example.com:443@evil.example",
            "sub.example.com",
            "example.com.evil.example",
            "evil.example",
            "exаmple.com",
            "[example.com]",
            "",
            "example.com:443:443",
            " example.com",
        ] {
            assert!(!rule.matches("https", other), "{other:?}");
        }
        assert!(!rule.matches("HTTPS", "example.com") && !rule.matches("http", "example.com"));
        let six = check_http("https://[::1]").unwrap();
        assert!(six.matches("https", "[::1]") && six.matches("https", "[::1]:443"));
        assert!(!six.matches("https", "::1") && !six.matches("https", "[0::1]"));
        // A rule that never went through the checks matches nothing rather than too much.
        let odd = HttpRule { scheme: "ftp".into(), host: "h".into(), port: None };
        assert!(!odd.matches("ftp", "h"));
    }

    #[test]
    fn what_is_not_the_public_internet_is_known() {
        for inside in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fd00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::127.0.0.1",
        ] {
            assert!(is_private(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"] {
            assert!(!is_private(outside.parse().unwrap()), "{outside}");
        }
    }
}
