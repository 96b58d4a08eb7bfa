//! What a capability is called, what ticking it means, and what deserves a second thought.

use super::entry::breadth;
use super::{AddressRule, Capability, Grants, HttpRule, is_private};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use std::borrow::Cow;

/// How much a grant could cost, by one rule: **low** reaches nothing of the user's, **medium** reads something of the
/// user's or speaks to a listed host, **high** has something in [`warnings_about`] it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // said in one place, above
pub enum Risk {
    Low,
    Medium,
    High,
}

/// The capability as a short heading.
pub fn title(capability: Capability) -> &'static str {
    match capability {
        Capability::Stdout => "Standard output",
        Capability::Stderr => "Standard error",
        Capability::Stdin => "Standard input",
        Capability::Environment => "Environment variables",
        Capability::Arguments => "Arguments",
        Capability::Folders => "Folders",
        Capability::Clocks => "Clocks",
        Capability::Random => "Random numbers",
        Capability::Network => "Network",
        Capability::Http => "HTTP requests",
    }
}

/// What ticking the box allows, whatever is listed.
pub fn meaning(capability: Capability) -> &'static str {
    match capability {
        Capability::Stdout => "Write text, which is kept and shown with the result",
        Capability::Stderr => "Write messages, which are kept and shown with the result",
        Capability::Stdin => "Read the text that you enter here; nothing of your terminal",
        Capability::Environment => "Read the variables that you list; none of this machine's own",
        Capability::Arguments => "Read the arguments that you list",
        Capability::Folders => "Read the folders that you list, and change those that you make writable",
        Capability::Clocks => "Read the time and measure it, and wait",
        Capability::Random => "Get random numbers",
        Capability::Network => "Connect over TCP and UDP to the addresses that you list",
        Capability::Http => "Send HTTP requests to the hosts that you list",
    }
}

/// The capability in one plain sentence, as these grants have it now: `May read the folder /srv as /data (read-only)`,
/// `May not get random numbers`. Values of variables are never part of it.
pub fn sentence(capability: Capability, grants: &Grants) -> String {
    let on = grants.allows(capability);
    let verb = match capability {
        Capability::Stdout => "write to standard output",
        Capability::Stderr => "write to standard error",
        Capability::Stdin => "read standard input",
        Capability::Environment => "read environment variables",
        Capability::Arguments => "read arguments",
        Capability::Folders => "reach any folder",
        Capability::Clocks => "read clocks and wait",
        Capability::Random => "get random numbers",
        Capability::Network => "use the network",
        Capability::Http => "send HTTP requests",
    };
    if !on {
        return format!("May not {verb}");
    }
    match capability {
        Capability::Stdout | Capability::Stderr | Capability::Clocks | Capability::Random => format!("May {verb}"),
        Capability::Stdin => match grants.stdin.list.len() {
            0 => "May read standard input, which is empty".into(),
            1 => "May read standard input: 1 byte entered here".into(),
            n => format!("May read standard input: {n} bytes entered here"),
        },
        Capability::Environment => {
            let names = grants.environment.list.keys().map(|n| display_safe_line(n));
            listed("read", "the environment variable", "environment variables", names)
        }
        Capability::Arguments => {
            let quoted = grants.arguments.list.iter().map(|a| format!("“{}”", display_safe_line(a)));
            listed("read", "the argument", "arguments", quoted)
        }
        Capability::Folders => {
            let folders = grants.folders.list.iter().map(|f| {
                let access = if f.writable { "read and write" } else { "read-only" };
                format!("{} as {} ({access})", display_safe_line(&f.host), display_safe_line(&f.guest))
            });
            let verb = if grants.folders.list.iter().any(|f| f.writable) { "read and change" } else { "read" };
            listed(verb, "the folder", "folders", folders)
        }
        Capability::Network => listed(
            "connect to",
            "the address",
            "addresses",
            grants.network.list.iter().map(|rule| match rule.port {
                Some(_) => display_safe_line(&rule.to_string()).into_owned(),
                None => format!("{} (any port)", display_safe_line(&rule.to_string())),
            }),
        ),
        Capability::Http => listed(
            "send HTTP requests to",
            "the host",
            "hosts",
            grants.http.list.iter().map(|rule| display_safe_line(&rule.to_string()).into_owned()),
        ),
    }
}

/// `May read the folder X`, `May read 2 folders: X, Y`, `May read folders, but none is listed`.
fn listed<S: AsRef<str>>(verb: &str, one: &str, many: &str, items: impl Iterator<Item = S>) -> String {
    let items: Vec<S> = items.collect();
    match items.as_slice() {
        [] => format!("May {verb} {many}, but none is listed"),
        [only] => format!("May {verb} {one} {}", only.as_ref()),
        several => {
            let names: Vec<&str> = several.iter().map(AsRef::as_ref).collect();
            format!("May {verb} {} {many}: {}", names.len(), names.join(", "))
        }
    }
}

/// How much this capability could cost with what is listed for it, whether its box is on or not. See [`Risk`].
pub fn risk(capability: Capability, grants: &Grants) -> Risk {
    let reaches_something = match capability {
        Capability::Environment => !grants.environment.list.is_empty(),
        Capability::Folders => !grants.folders.list.is_empty(),
        Capability::Network => !grants.network.list.is_empty(),
        Capability::Http => !grants.http.list.is_empty(),
        _ => false,
    };
    match (warnings_about(capability, grants).is_empty(), reaches_something) {
        (false, _) => Risk::High,
        (true, true) => Risk::Medium,
        (true, false) => Risk::Low,
    }
}

/// What deserves a second thought among the boxes that are on: a writable or very broad folder, any port, an address on
/// this machine or its network, plain HTTP, variables that look like secrets.
pub fn warnings(grants: &Grants) -> Vec<Diagnostic> {
    let on = Capability::ALL.into_iter().filter(|c| grants.allows(*c));
    on.flat_map(|c| warnings_about(c, grants)).collect()
}

/// As [`warnings`], for one capability and whether its box is on or not: what to say before it is ticked.
pub fn warnings_about(capability: Capability, grants: &Grants) -> Vec<Diagnostic> {
    let warning = |message: String, hint: &str| {
        Diagnostic::warning(Subject::Grant(capability.word().to_owned()), message).with_hint(hint)
    };
    match capability {
        Capability::Environment => grants
            .environment
            .list
            .keys()
            .filter(|name| looks_secret(name))
            .map(|name| {
                let message = format!("The variable {} looks like a secret", display_safe_line(name));
                warning(message, "Whatever the component may reach, it can send this value to")
            })
            .collect(),
        Capability::Folders => folder_warnings(grants, warning),
        Capability::Network => grants.network.list.iter().flat_map(|rule| address_warnings(rule, warning)).collect(),
        Capability::Http => grants.http.list.iter().flat_map(|rule| http_warnings(rule, warning)).collect(),
        _ => Vec::new(),
    }
}

fn folder_warnings(grants: &Grants, warning: impl Fn(String, &str) -> Diagnostic) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let list = &grants.folders.list;
    for (i, folder) in list.iter().enumerate() {
        let (host, guest) = (display_safe_line(&folder.host), display_safe_line(&folder.guest));
        if let Some(what) = breadth(&folder.host) {
            out.push(warning(format!("{host} is {what}"), "Choose the one folder that the component needs"));
        }
        if folder.writable {
            let hint = "Make it read-only unless the component has to write";
            out.push(warning(format!("{host} can be changed and emptied"), hint));
        }
        if list.iter().take(i).any(|earlier| earlier.guest == folder.guest) {
            let message = format!("Two folders are both {guest} to the component");
            out.push(warning(message, "Give each its own guest path"));
        }
    }
    out
}

fn address_warnings(rule: &AddressRule, warning: impl Fn(String, &str) -> Diagnostic) -> Vec<Diagnostic> {
    let shown = display_safe_line(&rule.host).into_owned();
    let mut out: Vec<_> = inside(&rule.host).map(|message| warning(message, INSIDE_HINT)).into_iter().collect();
    if rule.port.is_none() {
        out.push(warning(format!("Every port of {shown} is allowed"), "Name the port, as in example.com:443"));
    }
    out.extend(punycode(&rule.host).map(|message| warning(message, PUNYCODE_HINT)));
    out
}

fn http_warnings(rule: &HttpRule, warning: impl Fn(String, &str) -> Diagnostic) -> Vec<Diagnostic> {
    let mut out: Vec<_> = inside(&rule.host).map(|message| warning(message, INSIDE_HINT)).into_iter().collect();
    if rule.scheme == "http" {
        let message = format!("Requests to {} are not encrypted", display_safe_line(&rule.host));
        out.push(warning(message, "Use https if the host has it"));
    }
    out.extend(punycode(&rule.host).map(|message| warning(message, PUNYCODE_HINT)));
    out
}

const INSIDE_HINT: &str = "Services there often trust whoever can reach them; allow it only if you mean this one";
const PUNYCODE_HINT: &str = "Such names can look like another one; compare it letter by letter";

/// The sentence about a host that is on this machine or in its network.
fn inside(host: &str) -> Option<String> {
    let shown = display_safe_line(host);
    if let Ok(ip) = host.parse::<std::net::IpAddr>() {
        let ip = ip.to_canonical();
        return if ip.is_unspecified() || ip.is_loopback() {
            Some(format!("{shown} is this machine itself"))
        } else if ip.to_string() == "169.254.169.254" || ip.to_string() == "fd00:ec2::254" {
            Some(format!("{shown} hands out a cloud machine's credentials"))
        } else {
            is_private(ip).then(|| format!("{shown} is not on the public internet"))
        };
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(format!("{shown} is this machine itself"));
    }
    let local = [".local", ".internal", ".lan", ".home.arpa", ".intranet"].iter().any(|end| host.ends_with(end));
    (local || !host.contains('.')).then(|| format!("{shown} is a name of the local network"))
}

fn punycode(host: &str) -> Option<String> {
    let coded = host.split('.').any(|label| label.starts_with("xn--"));
    coded.then(|| format!("{} is a name in non-Latin letters", display_safe_line(host)))
}

/// Whether a variable of this name usually holds a secret.
pub fn looks_secret(name: &str) -> bool {
    let upper = name.to_uppercase();
    let anywhere =
        ["TOKEN", "SECRET", "PASSW", "PASSPHRASE", "CREDENTIAL", "APIKEY", "ACCESSKEY", "PRIVATE", "COOKIE", "SESSION"];
    let parts = ["KEY", "KEYS", "PWD", "PASS", "AUTH", "PAT", "DSN", "PIN"];
    // The shell's own name for the current folder.
    upper != "PWD"
        && upper != "OLDPWD"
        && (anywhere.iter().any(|word| upper.contains(word))
            || upper.split(|c: char| !c.is_alphanumeric()).any(|part| parts.contains(&part))
            || upper.ends_with("_URL") && ["DATABASE", "REDIS", "MONGO"].iter().any(|word| upper.contains(word)))
}

/// A variable's value as it may be shown: hidden if the variable looks like a secret.
pub fn masked_value<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    if looks_secret(name) { Cow::Borrowed("••••••") } else { display_safe_line(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::{check_address, check_folder, check_http, parse_flag};

    fn grants(flags: &[&str]) -> Grants {
        let mut grants = Grants::default();
        flags.iter().for_each(|flag| parse_flag(flag, &mut grants).unwrap());
        grants
    }

    #[test]
    fn nothing_is_allowed_until_it_is() {
        for capability in Capability::ALL {
            let mut grants = Grants::default();
            assert!(!grants.allows(capability));
            let off = sentence(capability, &grants);
            assert!(off.starts_with("May not "), "{off}");
            grants.set(capability, true);
            let on = sentence(capability, &grants);
            assert!(on.starts_with("May ") && !on.starts_with("May not "), "{on}");
            assert_eq!(warnings(&grants), vec![]);
            assert_eq!(risk(capability, &grants), Risk::Low);
            assert!(!title(capability).is_empty() && !meaning(capability).ends_with('.'));
        }
    }

    #[test]
    fn sentences_say_what_is_listed() {
        let g = grants(&[
            "--stdin=abc",
            "--env=LANG=de",
            "--env=API_TOKEN=s3cret",
            "--arg=a b",
            "--dir=/srv/x::/data",
            "--net=example.com:443",
            "--net=::1",
            "--http=https://example.com",
        ]);
        for (capability, expected) in [
            (Capability::Stdin, "May read standard input: 3 bytes entered here"),
            (Capability::Environment, "May read 2 environment variables: API_TOKEN, LANG"),
            (Capability::Arguments, "May read the argument “a b”"),
            (Capability::Folders, "May read the folder /srv/x as /data (read-only)"),
            (Capability::Network, "May connect to 2 addresses: example.com:443, [::1] (any port)"),
            (Capability::Http, "May send HTTP requests to the host https://example.com"),
            (Capability::Random, "May not get random numbers"),
        ] {
            assert_eq!(sentence(capability, &g), expected);
        }
        let hostile = grants(&["--dir=/a\u{202e}b::/d"]);
        assert!(sentence(Capability::Folders, &hostile).contains("\\u{202e}"));
    }

    #[test]
    fn secrets_are_named_but_not_shown() {
        for name in ["API_TOKEN", "AWS_SECRET_ACCESS_KEY", "db_password", "SSH_KEY", "apiKey", "DB_PWD", "DATABASE_URL"]
        {
            assert!(looks_secret(name), "{name}");
            assert_eq!(masked_value(name, "v4lue"), "••••••");
        }
        for name in ["LANG", "PATH", "MONKEY", "HOME", "PWD", "AUTHOR", "KEYBOARD", "COMPASS"] {
            assert!(!looks_secret(name), "{name}");
        }
        let g = grants(&["--env=API_TOKEN=v4lue", "--env=LANG=de"]);
        let mut texts: Vec<String> = warnings(&g).iter().map(ToString::to_string).collect();
        texts.push(sentence(Capability::Environment, &g));
        texts.extend(crate::grant::shown_flags(Capability::Environment, &g));
        assert!(texts.iter().all(|t| !t.contains("v4lue")), "{texts:?}");
        assert!(texts.contains(&"--env=LANG=de".to_owned()));
    }

    #[test]
    fn what_is_broad_or_inside_is_warned_of_before_it_is_ticked() {
        let mut g = Grants::default();
        let risky = |g: &Grants, c: Capability| (risk(c, g), warnings_about(c, g).len());
        g.folders.list = vec![check_folder("/srv/x", "/a", false).unwrap()];
        assert_eq!(risky(&g, Capability::Folders), (Risk::Medium, 0));
        for (host, writable, expected) in
            [("/", false, 1), ("/", true, 2), ("/home/ada", false, 1), ("/etc", false, 1), ("/srv/x", true, 1)]
        {
            g.folders.list = vec![check_folder(host, "/a", writable).unwrap()];
            assert_eq!(risky(&g, Capability::Folders), (Risk::High, expected), "{host}");
        }
        g.folders.list =
            vec![check_folder("/srv/x", "/a", false).unwrap(), check_folder("/srv/y", "/a", false).unwrap()];
        assert_eq!(risky(&g, Capability::Folders).1, 1);
        assert_eq!(warnings(&g), vec![], "boxes that are off warn of nothing");
        for (address, expected) in [
            ("example.com:443", (Risk::Medium, 0)),
            ("8.8.8.8:53", (Risk::Medium, 0)),
            ("example.com", (Risk::High, 1)),
            ("127.0.0.1:80", (Risk::High, 1)),
            ("0.0.0.0:80", (Risk::High, 1)),
            ("169.254.169.254:80", (Risk::High, 1)),
            ("192.168.0.1", (Risk::High, 2)),
            ("[::1]:80", (Risk::High, 1)),
            ("localhost:80", (Risk::High, 1)),
            ("printer:80", (Risk::High, 1)),
            ("metadata.google.internal:80", (Risk::High, 1)),
            ("xn--exmple-cua.com:80", (Risk::High, 1)),
        ] {
            g.network.list = vec![check_address(address).unwrap()];
            assert_eq!(risky(&g, Capability::Network), expected, "{address}");
        }
        for (url, expected) in [
            ("https://example.com", (Risk::Medium, 0)),
            ("http://example.com", (Risk::High, 1)),
            ("http://127.0.0.1:8080", (Risk::High, 2)),
            ("https://[::1]", (Risk::High, 1)),
        ] {
            g.http.list = vec![check_http(url).unwrap()];
            assert_eq!(risky(&g, Capability::Http), expected, "{url}");
        }
    }
}
