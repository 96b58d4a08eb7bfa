//! Paths of components: relative to the project's folder in the file, ready to be read in the document. Judged and
//! joined as text: no disk is read.

use std::path::{Component, Path, PathBuf};

/// A path as the file keeps it: relative to `folder` with `/` between its parts; as it is where that cannot be said (on
/// another drive).
pub(super) fn to_file(path: &str, folder: &Path) -> String {
    let relative = pathdiff::diff_paths(path, folder).unwrap_or_else(|| PathBuf::from(path));
    let text = relative.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() }
}

/// A path of a file, and whether it leaves the project's folder.
pub(super) struct Found {
    /// The path to read.
    pub path: String,
    /// Whether it lies outside the project's folder.
    pub outside: bool,
}

/// A path as a file has it, made ready to be read.
///
/// # Errors
/// Why it is refused: on another machine (opening it would send the user's name there), a device, not a path at all.
pub(super) fn from_file(text: &str, folder: &Path) -> Result<Found, &'static str> {
    if text.is_empty() || text.contains('\0') {
        return Err("it is not a path");
    }
    let unified = text.replace('\\', "/");
    if unified.starts_with("//") {
        return Err("it is on another machine or a device");
    }
    if unified.split('/').any(is_device) {
        return Err("it is the name of a device on some systems");
    }
    let drive = unified.as_bytes().get(1) == Some(&b':');
    let joined = tidy(&folder.join(text));
    // In a relative folder (as in `wirebench compose ./a.json`), what leaves it has a `..` left after tidying.
    let leaves = |rest: &Path| rest.components().next() == Some(Component::ParentDir);
    let outside = drive || joined.strip_prefix(tidy(folder)).map_or(true, leaves);
    let path = joined.into_os_string().into_string().map_err(|_| "it is not Unicode")?;
    Ok(Found { path, outside })
}

/// The path without `.` and, where it can be told by text alone, without `..`.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (part, _) => out.push(part),
        }
    }
    out
}

/// Names that Windows takes for devices in any folder and with any ending: `NUL`, `com1.wasm`, `COM¹`.
fn is_device(part: &str) -> bool {
    let stem = part.split(['.', ':']).next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |name: &str| {
        let mut rest = stem.strip_prefix(name).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_in_the_file_and_whole_in_the_document() {
        let folder = Path::new("/projects/shop");
        for (path, kept, outside) in [
            ("/projects/shop/c/a.wasm", "c/a.wasm", false),
            ("/projects/shop/a.wasm", "a.wasm", false),
            ("/projects/lib/a.wasm", "../lib/a.wasm", true),
            ("/projects/shop2/a.wasm", "../shop2/a.wasm", true),
            ("/a.wasm", "../../a.wasm", true),
        ] {
            assert_eq!(to_file(path, folder), kept);
            let found = from_file(kept, folder).unwrap();
            assert_eq!((found.path.as_str(), found.outside), (path, outside));
        }
        for (kept, path, outside) in [
            ("/etc/passwd", "/etc/passwd", true),
            ("a/../../../x", "/x", true),
            ("../../../../../x", "/x", true),
            ("./c/../a.wasm", "/projects/shop/a.wasm", false),
            ("../shop/a.wasm", "/projects/shop/a.wasm", false),
        ] {
            let found = from_file(kept, folder).unwrap();
            assert_eq!((found.path.as_str(), found.outside), (path, outside), "{kept}");
        }
        let here = from_file("../a.wasm", Path::new("")).unwrap();
        assert_eq!((here.path.as_str(), here.outside), ("../a.wasm", true));
        let here = from_file("c/a.wasm", Path::new("shop")).unwrap();
        assert_eq!((here.path.as_str(), here.outside), ("shop/c/a.wasm", false));
        assert_eq!(to_file("shop/c/a.wasm", Path::new("shop")), "c/a.wasm");
    }

    #[test]
    fn other_machines_and_devices_are_refused() {
        for text in [
            "",
            "a\0b",
            "\\\\host\\x",
            "//host/x",
            "\\\\.\\COM1",
            "\\/host/x",
            "CON",
            "c/nul.wasm",
            "COM¹",
            "lpt9.txt",
            "aux ",
        ] {
            assert!(from_file(text, Path::new("/p")).is_err(), "{text:?}");
        }
        for text in ["console.wasm", "com.wasm", "com10.wasm", "nulls/a.wasm", "auxiliary"] {
            assert!(from_file(text, Path::new("/p")).is_ok(), "{text:?}");
        }
    }
}
