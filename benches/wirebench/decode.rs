//! Opening a component: what we read of it beside validation and WIT alone, in process and as a process, and the memory
//! that it takes.

use crate::large::large;
use crate::pairs::Bench;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use wirebench::component::{decode, features};
use wirebench::measure::Bytes;
use wirebench::session::{Command as SessionCommand, Machine, Session};

const FILES: [&str; 15] = [
    "adder-wat.wasm",
    "fraud-check-wat.wasm",
    "fraud-check-assemblyscript.wasm",
    "fraud-check-c.wasm",
    "fraud-check-zig.wasm",
    "fraud-check-rust.wasm",
    "checkout-rust.wasm",
    "shop-composed.wasm",
    "stock-rust.wasm",
    "greeter-http-rust.wasm",
    "toolbox-rust.wasm",
    "wordcount-rust.wasm",
    "ledger-rust.wasm",
    "fraud-check-js.wasm",
    "fraud-check-go.wasm",
];

/// The files that are also opened as a process.
const AS_PROCESS: [&str; 4] = ["fraud-check-wat.wasm", "greeter-http-rust.wasm", "fraud-check-js.wasm", CODE];
/// Made of the largest sample.
const CODE: &str = "20-mb-of-code.wasm";
const DATA: &str = "20-mb-half-of-it-data.wasm";
const LARGE: usize = 20 << 20;

pub fn run(bench: &mut Bench) {
    let mut files: Vec<(&str, Arc<[u8]>)> = FILES.map(|file| (file, crate::sample(file))).into();
    let ways = ["decode", "decode in a session", "decode and print", "decode as a process", "decode memory"];
    if ways.iter().any(|way| [CODE, DATA].iter().any(|file| bench.wants(&format!("{way} {file}")))) {
        files.push((CODE, large(LARGE, 0).into()));
        files.push((DATA, large(LARGE / 2, LARGE / 2).into()));
    }
    bench.group(
        "Open: our component::decode; bare: wasmparser's validation and wit_component::decode",
        ["ours", "bare"],
    );
    for (file, bytes) in &files {
        bench.compare(
            &format!("decode {file}"),
            &mut || drop(black_box(decode(file, Arc::clone(black_box(bytes))))),
            &mut || drop(black_box(bare(black_box(bytes)))),
        );
    }
    bench.group(
        "Open in a session, as the window does (large files on two threads); bare: the same as above, and the WIT text",
        ["ours", "bare"],
    );
    for (file, bytes) in &files {
        bench.compare(&format!("decode in a session {file}"), &mut || open(file, black_box(bytes)), &mut || {
            drop(black_box(print(&bare(black_box(bytes)))))
        });
    }
    bench.group("Open and print the WIT text, both", ["ours", "bare"]);
    for (file, bytes) in &files {
        bench.compare(
            &format!("decode and print {file}"),
            &mut || {
                black_box(decode(file, Arc::clone(black_box(bytes))).wit().len());
            },
            &mut || drop(black_box(print(&bare(black_box(bytes))))),
        );
    }
    let Ok(folder) = tempfile::tempdir() else { return println!("No folder for large files: the rest is left out") };
    as_process(bench, &files, folder.path());
    memory(bench, &files, folder.path());
}

fn open(file: &str, bytes: &Arc<[u8]>) {
    let machine = Machine::new(None, || {});
    let signal = machine.signal();
    let mut session = Session::new(Arc::new(machine), None);
    session.apply(SessionCommand::OpenBytes(file.to_owned(), Arc::clone(bytes)));
    while session.library().is_empty() {
        signal.wait(Duration::from_millis(100));
        session.poll();
    }
}

fn bare(bytes: &[u8]) -> wit_component::DecodedWasm {
    let mut validator = wasmparser::Validator::new_with_features(features());
    drop(black_box(validator.validate_all(bytes).expect("it is valid")));
    wit_component::decode(bytes).expect("it has WIT")
}

fn print(decoded: &wit_component::DecodedWasm) -> String {
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
    let mut printer = wit_component::WitPrinter::default();
    printer.print(resolve, main, &others).expect("it has a text");
    printer.output.to_string()
}

fn inspect() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirebench"));
    command.args(["inspect", "--wit"]);
    command
}

fn done(command: &mut Command, file: &Path) {
    let status = command.arg(file).stdout(Stdio::null()).stdin(Stdio::null()).status();
    assert!(status.is_ok_and(|s| s.success()), "{command:?}");
}

/// Where a file of this name lies: among the samples, or written to `folder`.
fn place(file: &str, bytes: &[u8], folder: &Path) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components").join(file);
    if sample.exists() {
        return sample;
    }
    let path = folder.join(file);
    std::fs::write(&path, bytes).expect("a large file can be written");
    path
}

fn as_process(bench: &mut Bench, files: &[(&str, Arc<[u8]>)], folder: &Path) {
    let name = |file: &str| format!("decode as a process {file}");
    if !AS_PROCESS.iter().any(|file| bench.wants(&name(file))) {
        return;
    }
    let wasm_tools = || {
        let mut command = Command::new("wasm-tools");
        command.args(["component", "wit"]);
        command
    };
    let Ok(version) = Command::new("wasm-tools").arg("--version").output() else {
        return println!("\nNo comparison with wasm-tools as a process: there is no wasm-tools on the PATH");
    };
    println!("\nBeside {}", String::from_utf8_lossy(&version.stdout).trim());
    bench.group("As a process: wirebench inspect --wit; bare: wasm-tools component wit", ["ours", "bare"]);
    for (file, bytes) in files.iter().filter(|(file, _)| AS_PROCESS.contains(file)) {
        let path = place(file, bytes, folder);
        bench.compare(&name(file), &mut || done(&mut inspect(), &path), &mut || done(&mut wasm_tools(), &path));
    }
}

fn memory(bench: &Bench, files: &[(&str, Arc<[u8]>)], folder: &Path) {
    let name = |file: &str| format!("decode memory {file}");
    for (i, (file, bytes)) in files.iter().filter(|(file, _)| bench.wants(&name(file))).enumerate() {
        if i == 0 {
            println!("\nMost memory of `wirebench inspect --wit` at once, and how many times the file that is");
        }
        // What is small is mostly the program itself.
        if bytes.len() < LARGE / 2 && ![FILES[0], FILES[14]].contains(file) {
            continue;
        }
        match peak(&place(file, bytes, folder)) {
            Some(peak) => println!(
                "{:40} {:>9} {:>9} {:.2}",
                name(file),
                Bytes(bytes.len() as u64).to_string(),
                Bytes(peak).to_string(),
                peak as f64 / bytes.len() as f64
            ),
            None => println!("{}: left out: there is no /proc here to read it from", name(file)),
        }
    }
}

/// The most memory that inspecting a file takes, in bytes. The system counts it, and is asked again and again until the
/// process ends.
fn peak(file: &Path) -> Option<u64> {
    let mut child = inspect().arg(file).stdout(Stdio::null()).spawn().ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    while child.try_wait().ok()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(kib.map(|kib| kib << 10));
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    most
}
