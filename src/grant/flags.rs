//! Grants as flags of the command line and back.
//!
//! ```text
//! --allow=WORD                 stdout, stderr, clocks, random; a listed capability with nothing listed
//! --stdin=TEXT                 the text read as standard input
//! --env=NAME=VALUE             one variable; split at the first =
//! --arg=TEXT                   one argument, in order
//! --dir=HOST::GUEST[:ro|:rw]   one folder, read-only unless :rw; split at the last ::
//! --net=HOST[:PORT]            one address; any port if left out
//! --http=SCHEME://HOST[:PORT]  one host
//! --memory=SIZE                as in 256MiB
//! --timeout=TIME               as in 5s or 1500ms
//! --keep-output=SIZE           of each output stream of a call
//! ```

use super::words::masked_value;
use super::{
    Capability, Folder, Grants, Limits, check_address, check_argument, check_folder, check_http, check_variable,
};
use crate::diag::display_safe_line;
use std::borrow::Cow;

const MEMORY_UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIME_UNITS: [(&str, u64); 3] = [("min", 60_000), ("s", 1_000), ("ms", 1)];

/// The `wirebench invoke` flags that give the same grants, each one shell word: `--allow=stdout`, `--dir=/tmp::/data`.
///
/// What is listed under a box that is off is left out, and so are limits at their defaults.
pub fn command_line_flags(grants: &Grants) -> Vec<String> {
    let capabilities = Capability::ALL.into_iter().filter(|c| grants.allows(*c));
    capabilities.flat_map(|c| capability_flags(c, grants)).chain(limit_flags(&grants.limits)).collect()
}

/// The flags that would allow this one capability with what is listed for it, whether its box is on or not.
pub fn capability_flags(capability: Capability, grants: &Grants) -> Vec<String> {
    flags(capability, grants, |_, value| Cow::Borrowed(value))
}

/// As [`capability_flags`], for the screen: values of variables that look like secrets are hidden.
pub fn shown_flags(capability: Capability, grants: &Grants) -> Vec<String> {
    flags(capability, grants, masked_value)
}

fn flags(
    capability: Capability,
    grants: &Grants,
    value_of: impl for<'v> Fn(&str, &'v str) -> Cow<'v, str>,
) -> Vec<String> {
    let listed: Vec<String> = match capability {
        Capability::Stdin if !grants.stdin.list.is_empty() => vec![format!("--stdin={}", grants.stdin.list)],
        Capability::Environment => {
            grants.environment.list.iter().map(|(n, v)| format!("--env={n}={}", value_of(n, v))).collect()
        }
        Capability::Arguments => grants.arguments.list.iter().map(|a| format!("--arg={a}")).collect(),
        Capability::Folders => grants.folders.list.iter().map(folder_flag).collect(),
        Capability::Network => grants.network.list.iter().map(|rule| format!("--net={rule}")).collect(),
        Capability::Http => grants.http.list.iter().map(|rule| format!("--http={rule}")).collect(),
        _ => Vec::new(),
    };
    if listed.is_empty() { vec![format!("--allow={}", capability.word())] } else { listed }
}

fn folder_flag(folder: &Folder) -> String {
    let Folder { host, guest, writable } = folder;
    let access = match (writable, guest.ends_with(":rw") || guest.ends_with(":ro")) {
        (true, _) => ":rw",
        (false, true) => ":ro",
        (false, false) => "",
    };
    format!("--dir={host}::{guest}{access}")
}

fn limit_flags(limits: &Limits) -> Vec<String> {
    let default = Limits::default();
    let mut out = Vec::new();
    if limits.memory_bytes != default.memory_bytes {
        out.push(format!("--memory={}", with_unit(limits.memory_bytes, &MEMORY_UNITS)));
    }
    if let Some(millis) = limits.call_millis {
        out.push(format!("--timeout={}", with_unit(millis, &TIME_UNITS)));
    }
    if limits.output_bytes != default.output_bytes {
        out.push(format!("--keep-output={}", with_unit(limits.output_bytes, &MEMORY_UNITS)));
    }
    out
}

/// Reads one flag of [`command_line_flags`] into `grants`: lists grow, single values are replaced.
///
/// # Errors
/// What is wrong with the flag, and how it is written.
pub fn parse_flag(flag: &str, grants: &mut Grants) -> Result<(), String> {
    let unknown = || {
        format!(
            "{} is not a grant; there are --allow, --stdin, --env, --arg, --dir, --net, --http, --memory, --timeout \
             and --keep-output",
            display_safe_line(flag)
        )
    };
    let (name, value) = flag.strip_prefix("--").and_then(|f| f.split_once('=')).ok_or_else(unknown)?;
    parse_named(name, value, grants).ok_or_else(unknown)?.map_err(|why| {
        // A mistyped secret would otherwise land in logs by way of the message.
        let shown = if name == "env" { "…".into() } else { display_safe_line(value) };
        format!("--{name}={shown} cannot be used: {why}")
    })
}

/// `None` if there is no flag of this name.
fn parse_named(name: &str, value: &str, grants: &mut Grants) -> Option<Result<(), String>> {
    Some(match name {
        "allow" => parse_allow(value, grants),
        "stdin" => {
            grants.stdin.list = value.to_owned();
            grants.stdin.on = true;
            Ok(())
        }
        "env" => value
            .split_once('=')
            .ok_or_else(|| "it is written NAME=VALUE".to_owned())
            .and_then(|(name, value)| check_variable(name, value))
            .map(|(name, value)| {
                grants.environment.list.insert(name, value);
                grants.environment.on = true;
            }),
        "arg" => push(check_argument(value), &mut grants.arguments.list, &mut grants.arguments.on),
        "dir" => push(parse_folder(value), &mut grants.folders.list, &mut grants.folders.on),
        "net" => push(check_address(value), &mut grants.network.list, &mut grants.network.on),
        "http" => push(check_http(value), &mut grants.http.list, &mut grants.http.on),
        "memory" => parse_unit(value, &MEMORY_UNITS).map(|bytes| grants.limits.memory_bytes = bytes),
        "keep-output" => parse_unit(value, &MEMORY_UNITS).map(|bytes| grants.limits.output_bytes = bytes),
        "timeout" => parse_unit(value, &TIME_UNITS).map(|millis| grants.limits.call_millis = Some(millis)),
        _ => return None,
    })
}

fn parse_allow(word: &str, grants: &mut Grants) -> Result<(), String> {
    let capability = Capability::from_word(word).ok_or_else(|| {
        let words: Vec<_> = Capability::ALL.into_iter().map(Capability::word).collect();
        format!("there are {}", words.join(", "))
    })?;
    grants.set(capability, true);
    Ok(())
}

fn parse_folder(value: &str) -> Result<Folder, String> {
    let (paths, writable) = match (value.strip_suffix(":rw"), value.strip_suffix(":ro")) {
        (Some(paths), _) => (paths, true),
        (None, Some(paths)) => (paths, false),
        (None, None) => (value, false),
    };
    let (host, guest) = paths.rsplit_once("::").ok_or("it is written HOST::GUEST, as in ./data::/data")?;
    check_folder(host, guest, writable)
}

fn push<T>(item: Result<T, String>, list: &mut Vec<T>, on: &mut bool) -> Result<(), String> {
    list.push(item?);
    *on = true;
    Ok(())
}

/// The number in the largest unit that divides it.
fn with_unit(n: u64, units: &[(&str, u64)]) -> String {
    let fits = units.iter().find(|(_, size)| n != 0 && n.is_multiple_of(*size));
    match fits.or(units.last()) {
        Some((unit, size)) => format!("{}{unit}", n / size),
        None => n.to_string(),
    }
}

/// Reads a whole number with one of the units.
fn parse_unit(text: &str, units: &[(&str, u64)]) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let size = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, size)| *size);
    let value = number.parse::<u64>().ok().zip(size).and_then(|(n, size)| n.checked_mul(size));
    value.ok_or_else(|| {
        let names: Vec<_> = units.iter().rev().map(|(name, _)| *name).collect();
        format!("it is a whole number with its unit ({})", names.join(", "))
    })
}

/// The word as a POSIX shell reads it back: quoted if need be. Hidden characters are written as bytes in `$'…'`, which
/// bash, zsh and ksh know, so that a copied line shows all that it does.
pub fn shell_quote(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&b);
    if !word.is_empty() && !word.starts_with('=') && word.bytes().all(plain) {
        return word.to_owned();
    }
    if crate::diag::display_safe(word) == word {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for byte in word.bytes() {
        match byte {
            b'\'' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::AddressRule;

    /// Small numbers that look random and are the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) as usize) % n
        }

        fn text(&mut self) -> String {
            const BITS: [&str; 18] = [
                "a", "Z9", " ", "=", "::", ":", "/", ":rw", ":ro", "'", "\"", "$(x)", "\\", "\n", "ü", "日本",
                "\u{202e}", "--env=",
            ];
            (0..self.below(6)).map(|_| BITS[self.below(BITS.len())]).collect()
        }

        fn grants(&mut self) -> Grants {
            let mut g = Grants::default();
            Capability::ALL.into_iter().for_each(|c| g.set(c, self.below(2) == 0));
            g.stdin.list = self.text();
            for _ in 0..self.below(4) {
                let (name, value) = (self.text(), self.text());
                g.environment.list.extend(check_variable(&name, &value));
                g.arguments.list.push(self.text());
                let (host, guest, writable) = (self.text(), format!("/{}", self.text()), self.below(2) == 0);
                g.folders.list.extend(check_folder(&host, &guest, writable));
                let port = self.below(65_536);
                let host = ["example.com", "1.2.3.4", "[::1]", "xn--a.b"][self.below(4)];
                g.network.list.extend(check_address(host));
                g.network.list.extend(check_address(&format!("{host}:{port}")));
                g.http.list.extend(check_http(&format!("https://{host}:{port}")));
            }
            g.limits.memory_bytes = [0, 1, 1_000, 256 << 20, 3 << 30, u64::MAX][self.below(6)];
            g.limits.output_bytes = [0, 1 << 20, 5 << 20][self.below(3)];
            g.limits.call_millis =
                [None, Some(0), Some(1_500), Some(5_000), Some(120_000), Some(u64::MAX)][self.below(6)];
            g
        }
    }

    /// What flags can say: what is listed under a box that is off is forgotten.
    fn forget_unticked(mut g: Grants) -> Grants {
        let off = Grants::default();
        if !g.stdin.on {
            g.stdin = off.stdin;
        }
        if !g.environment.on {
            g.environment = off.environment;
        }
        if !g.arguments.on {
            g.arguments = off.arguments;
        }
        if !g.folders.on {
            g.folders = off.folders;
        }
        if !g.network.on {
            g.network = off.network;
        }
        if !g.http.on {
            g.http = off.http;
        }
        g
    }

    #[test]
    fn flags_give_the_same_grants_again() {
        let mut numbers = Numbers(1);
        for _ in 0..2_000 {
            let grants = numbers.grants();
            let mut back = Grants::default();
            for flag in command_line_flags(&grants) {
                assert_eq!(parse_flag(&flag, &mut back), Ok(()), "{flag:?}");
            }
            assert_eq!(back, forget_unticked(grants));
        }
    }

    #[test]
    fn flags_read_as_documented() {
        let mut g = Grants::default();
        g.set(Capability::Stdout, true);
        assert_eq!(command_line_flags(&g), ["--allow=stdout"]);
        g.set(Capability::Folders, true);
        assert_eq!(command_line_flags(&g), ["--allow=stdout", "--allow=folders"]);
        g.folders.list = vec![check_folder("/tmp", "/data", false).unwrap(), check_folder("a::b", "/c", true).unwrap()];
        g.limits.call_millis = Some(5_000);
        assert_eq!(
            command_line_flags(&g),
            ["--allow=stdout", "--dir=/tmp::/data", "--dir=a::b::/c:rw", "--timeout=5s"]
        );
        assert_eq!(command_line_flags(&Grants::default()), Vec::<String>::new());
    }

    #[test]
    fn wrong_flags_change_nothing_and_say_why() {
        for flag in [
            "",
            "--allow",
            "--allow=",
            "--allow=everything",
            "--allow=Stdout",
            "allow=stdout",
            "--inherit-env=yes",
            "--env=NAME",
            "--env==v",
            "--dir=/tmp",
            "--dir=/tmp::data",
            "--dir=::/data",
            "--net=",
            "--net=127.1:80",
            "--net=user@h:80",
            "--http=example.com",
            "--memory=256",
            "--memory=-1MiB",
            "--memory=99999999999GiB",
            "--timeout=5",
            "--timeout=1.5s",
            "--arg=a\0b",
        ] {
            let mut g = Grants::default();
            let message = parse_flag(flag, &mut g).unwrap_err();
            assert!(message.len() > 20 && !message.contains('\0'), "{message}");
            assert_eq!(g, Grants::default(), "{flag}");
        }
        let message = parse_flag("--env=hunter2", &mut Grants::default()).unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn lists_grow_and_single_values_are_replaced() {
        let mut g = Grants::default();
        for flag in ["--net=a.b:1", "--net=c.d", "--stdin=x", "--stdin=y", "--memory=1kib", "--memory=2MIB"] {
            parse_flag(flag, &mut g).unwrap();
        }
        let rule = |host: &str, port| AddressRule { host: host.into(), port };
        assert_eq!(g.network.list, [rule("a.b", Some(1)), rule("c.d", None)]);
        assert_eq!((g.stdin.list.as_str(), g.limits.memory_bytes), ("y", 2 << 20));
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        for (word, quoted) in [
            ("--dir=/tmp::/data:rw", "--dir=/tmp::/data:rw"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("a\nb", "'a\nb'"),
            ("grüße", "'grüße'"),
            ("=ls", "'=ls'"),
            ("a\u{202e}'\\", "$'a\\342\\200\\256\\'\\\\'"),
            ("\u{1b}[2J", "$'\\033[2J'"),
        ] {
            assert_eq!(shell_quote(word), quoted);
        }
    }
}
