//! What a user lists under a capability, checked as typed, and which folders are more than they seem. Paths are judged
//! as text: no disk is read.

use super::Folder;

/// A folder to allow, as a person types it. The guest path gets one spelling: `/data/` becomes `/data`.
///
/// # Errors
/// What is wrong, and how it is written.
pub fn check_folder(host: &str, guest: &str, writable: bool) -> Result<Folder, String> {
    if host.is_empty() {
        return Err("The folder on this machine is missing".into());
    }
    if host.contains('\0') || guest.contains('\0') {
        return Err("A path cannot contain a NUL character".into());
    }
    if !guest.starts_with('/') {
        return Err("The guest's path must begin with /, as in /data".into());
    }
    if guest.contains("::") {
        return Err("The guest's path cannot contain ::, which parts the two paths on the command line".into());
    }
    let parts: Vec<&str> = guest.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| *part == "." || *part == "..") {
        return Err("The guest's path cannot contain . or .. as a part".into());
    }
    Ok(Folder { host: host.to_owned(), guest: format!("/{}", parts.join("/")), writable })
}

/// An environment variable to allow, as a person types it.
///
/// # Errors
/// What is wrong with the name or the value.
pub fn check_variable(name: &str, value: &str) -> Result<(String, String), String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("A variable's name cannot be empty nor contain = or a NUL character".into());
    }
    if value.contains('\0') {
        return Err("A variable's value cannot contain a NUL character".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// An argument to allow, as a person types it.
///
/// # Errors
/// If it contains a NUL character.
pub fn check_argument(text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("An argument cannot contain a NUL character".into());
    }
    Ok(text.to_owned())
}

/// What a host path is, if it is far more than one project's folder: `the whole disk`, `a home folder` …
pub(super) fn breadth(host: &str) -> Option<&'static str> {
    let unified = host.replace('\\', "/");
    if unified.starts_with("//") && unified.trim_start_matches('/').contains('/') {
        return Some("a folder on another machine");
    }
    let (drive, path) = match unified.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 && (rest.is_empty() || rest.starts_with('/')) => (true, rest),
        _ => (false, unified.as_str()),
    };
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/').filter(|p| !p.is_empty() && *p != ".") {
        match (part, parts.last().map(String::as_str)) {
            ("..", Some(last)) if last != ".." => drop(parts.pop()),
            // Nothing lies above the root.
            ("..", None) if path.starts_with('/') => {}
            _ => parts.push(part.to_ascii_lowercase()),
        }
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if parts.iter().any(|p| matches!(*p, ".ssh" | ".gnupg" | ".aws" | ".kube" | ".config" | ".mozilla" | "keychains")) {
        return Some("a folder that usually holds keys or settings");
    }
    if matches!(parts.as_slice(), ["~"] | ["$home"] | ["%userprofile%"]) {
        return Some("a home folder");
    }
    if !drive && !path.starts_with('/') {
        return parts.contains(&"..").then_some("a folder above the current one");
    }
    match parts.as_slice() {
        [] => Some("the whole disk"),
        ["home" | "users"] => Some("everyone's home folders"),
        ["home" | "users", _] | ["root"] | ["var", "root"] => Some("a home folder"),
        ["mnt" | "media" | "volumes"] => Some("every other disk"),
        ["etc" | "usr" | "bin" | "sbin" | "lib" | "lib32" | "lib64" | "boot" | "dev" | "proc" | "sys" | "run", ..]
        | ["system" | "library" | "applications" | "windows" | "program files" | "program files (x86)", ..]
        | ["programdata", ..] => Some("a system folder"),
        ["var"] | ["var", "lib" | "run" | "log" | "spool", ..] | ["opt"] | ["private", "etc", ..] => {
            Some("a system folder")
        }
        ["private", "var"] => Some("a system folder"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_checked_as_typed() {
        let data = Folder { host: "./d".into(), guest: "/data".into(), writable: true };
        assert_eq!(check_folder("./d", "/data//", true), Ok(data));
        assert_eq!(check_folder("d", "/", false).map(|f| f.guest), Ok("/".into()));
        for (host, guest) in [
            ("", "/d"),
            ("d", ""),
            ("d", "data"),
            ("d", "/a/../b"),
            ("d", "/."),
            ("d\0", "/d"),
            ("d", "/\0"),
            ("d", "/a::b"),
        ] {
            assert!(check_folder(host, guest, false).is_err(), "{host:?} {guest:?}");
        }
    }

    #[test]
    fn broad_folders_are_known_however_they_are_written() {
        for (host, what) in [
            ("/", "the whole disk"),
            ("//", "the whole disk"),
            ("/tmp/..", "the whole disk"),
            ("/../..", "the whole disk"),
            ("C:\\", "the whole disk"),
            ("c:", "the whole disk"),
            ("/home/ada", "a home folder"),
            ("/home/ada/project/..", "a home folder"),
            ("C:\\Users\\Ada\\", "a home folder"),
            ("~/", "a home folder"),
            ("/root", "a home folder"),
            ("/Users", "everyone's home folders"),
            ("/etc/ssl", "a system folder"),
            ("C:\\Windows\\Temp", "a system folder"),
            ("/home/ada/.ssh", "a folder that usually holds keys or settings"),
            ("a/../..", "a folder above the current one"),
            ("\\\\server\\share", "a folder on another machine"),
        ] {
            assert_eq!(breadth(host), Some(what), "{host}");
        }
        for host in ["/home/ada/project", "/tmp/x", "./data", "data", "a/..", "C:\\work", "/srv/www", "/opt/tool/data"]
        {
            assert_eq!(breadth(host), None, "{host}");
        }
    }
}
