//! What the rooms of the library may not do, read from their source: see the map in `src/lib.rs`.

use std::path::{Path, PathBuf};

/// The rooms; each uses only those before it. The command line comes last because it is what opens the window.
const ROOMS: [&str; 14] = [
    "diag",
    "measure",
    "component",
    "value",
    "grant",
    "compose",
    "sheet",
    "call",
    "project",
    "engine",
    "runner",
    "session",
    "ui",
    "cli",
];

/// Words, where alone they may stand, and why.
const RULES: [(&[&str], &[&str], &str); 7] = [
    (&["wasmtime", "wasmtime_wasi", "wasmtime_wasi_io", "wasmtime_wasi_http"], &["engine/"], "the only wasmtime"),
    (&["tokio"], &["engine/", "runner/"], "nothing else waits for anything"),
    (&["wac_graph", "wac_parser", "wac_types", "wasm_encoder"], &["compose/"], "components are made in one place"),
    (&["egui", "eframe", "rfd"], &["ui/"], "the window is one of two clients"),
    (&["std::fs", "fs::File"], &["session/env.rs", "engine/", "runner/"], "files are the environment's"),
    (&["Instant::now", "SystemTime::now"], &["session/env.rs", "engine/", "runner/"], "numbers are handed in"),
    (&["println!", "eprintln!", "print!", "eprint!"], &["cli/"], "the program speaks in one place"),
];

/// The source without its tests and comments: path from `src/`, and numbered lines.
fn sources() -> Vec<(String, Vec<(usize, String)>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut out = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).unwrap();
                let of_tests = text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(text.len());
                let lines = text[..of_tests].lines().enumerate();
                let code: Vec<_> =
                    lines.map(|(n, line)| (n + 1, line.split("//").next().unwrap().to_owned())).collect();
                out.push((shown(path.strip_prefix(&root).unwrap()), code));
            }
        }
    }
    // Modules that only tests have.
    let only_tests: Vec<String> = out
        .iter()
        .flat_map(|(path, code)| {
            let folder = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
            let marked = code.windows(2).filter(|pair| pair[0].1.trim() == "#[cfg(test)]");
            let names = marked.filter_map(|pair| pair[1].1.trim().strip_suffix(';')?.rsplit_once("mod "));
            names.map(move |(_, name)| format!("{folder}{name}.rs")).collect::<Vec<_>>()
        })
        .collect();
    out.retain(|(path, _)| !only_tests.contains(path));
    out
}

fn shown(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether `word` stands in `line`, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        !before.is_some_and(part) && (!after.is_some_and(part) || word.ends_with('!'))
    })
}

#[test]
fn each_library_is_used_in_its_room_only() {
    let mut faults = String::new();
    let sources = sources();
    for (words, rooms, why) in RULES {
        let mut used = false;
        for (path, code) in &sources {
            let allowed = rooms.iter().any(|room| path.starts_with(room));
            for (n, line) in code {
                let Some(word) = words.iter().find(|word| has_word(line, word)) else { continue };
                used |= allowed;
                if !allowed {
                    faults.push_str(&format!("src/{path}:{n}: {word} belongs to {}: {why}\n", rooms.join(", ")));
                }
            }
        }
        assert!(used, "{words:?} is used nowhere: is the rule still right?");
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn each_room_uses_only_rooms_before_it() {
    let mut faults = String::new();
    for (path, code) in sources() {
        let Some((room, _)) = path.split_once('/') else { continue };
        let own =
            ROOMS.iter().position(|r| *r == room).unwrap_or_else(|| panic!("src/{room} is not in the list of rooms"));
        for (n, line) in code {
            for (other, name) in ROOMS.iter().enumerate() {
                let uses = line.match_indices("crate::").any(|(at, word)| {
                    has_word(&line[at + word.len()..], name) && line[at + word.len()..].starts_with(name)
                });
                if uses && other > own {
                    faults.push_str(&format!("src/{path}:{n}: {room} does not use {name}\n"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
