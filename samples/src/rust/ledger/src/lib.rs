//! A library that does what needs permission: the ordinary std, and nothing else.
wit_bindgen::generate!({ world: "books", path: "../../../../wit/ledger" });

use exports::techbytes::ledger::ledger::Guest;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn random_get(at: *mut u8, len: usize) -> u16;
}

struct Books;

fn said<T>(r: io::Result<T>, path: &str) -> Result<T, String> {
    r.map_err(|e| format!("{path}: {e}"))
}

impl Guest for Books {
    fn append(path: String, line: String) -> Result<u64, String> {
        let write = || {
            let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
            file.write_all(format!("{line}\n").as_bytes())?;
            Ok(file.metadata()?.len())
        };
        said(write(), &path)
    }

    fn read(path: String) -> Result<String, String> {
        said(fs::read_to_string(&path), &path)
    }

    fn entries(path: String) -> Result<Vec<String>, String> {
        let list = || {
            let names = fs::read_dir(&path)?.map(|e| Ok(e?.file_name().to_string_lossy().into_owned()));
            let mut names = names.collect::<io::Result<Vec<_>>>()?;
            names.sort();
            Ok(names)
        };
        said(list(), &path)
    }

    fn remove(path: String) -> Result<(), String> {
        said(fs::remove_file(&path), &path)
    }

    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
    }

    fn ticks() -> u64 {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        FIRST.get_or_init(Instant::now).elapsed().as_nanos() as u64
    }

    fn token(length: u32) -> String {
        let mut bytes = vec![0; length as usize];
        let failed = unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) };
        assert_eq!(failed, 0, "no random numbers");
        bytes.into_iter().map(|b| (b'a' + b % 16) as char).collect()
    }

    fn env(name: String) -> Option<String> {
        std::env::vars().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    fn env_all() -> Vec<(String, String)> {
        let mut all: Vec<_> = std::env::vars().collect();
        all.sort();
        all
    }

    fn args() -> Vec<String> {
        std::env::args().collect()
    }

    fn say(text: String) {
        let _ = writeln!(io::stdout(), "{text}");
    }

    fn warn(text: String) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    fn ask() -> Option<String> {
        let mut line = String::new();
        io::stdin().read_line(&mut line).ok().filter(|n| *n > 0)?;
        Some(line.trim_end_matches(['\r', '\n']).into())
    }

    fn sleep_ms(ms: u32) {
        std::thread::sleep(Duration::from_millis(ms.into()));
    }
}

export!(Books);
