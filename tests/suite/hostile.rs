//! Files made to do harm, opened as a person opens them: by the command line and in the window.

use crate::desk::Room;
use crate::support::{PATIENCE, sample_bytes};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use wirebench::call::{CallEvent, CallRequest, Caller, JobId};
use wirebench::component::{Digest, decode};
use wirebench::session::{self, Env, Session, Study};
use wirebench::ui::App;
use wirebench::ui::inspect::View;

/// Runs `wirebench inspect`; whatever it does, it ends.
fn inspect(arguments: &[&str], file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirebench"));
    command.arg("inspect").args(arguments).arg(file);
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || done.send(command.output()));
    wait.recv_timeout(PATIENCE).expect("it ends").expect("the program starts")
}

fn refused(file: &Path, why: &str) {
    let output = inspect(&[], file);
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(why) && !said.contains("panicked"), "{said}");
}

#[test]
fn what_is_no_file_of_a_sensible_size_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let sparse = folder.path().join("sparse.wasm");
    std::fs::File::create(&sparse).unwrap().set_len(300 << 20).unwrap();
    refused(&sparse, "more than the limit of 256");
    refused(folder.path(), "it is a folder");
    #[cfg(unix)]
    {
        refused(Path::new("/dev/zero"), "it is not a regular file");
        let pipe = folder.path().join("pipe.wasm");
        if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()) {
            refused(&pipe, "it is not a regular file");
        }
    }
    for (magic, why) in [(&b"\x1f\x8b\x08\0"[..], "gzip"), (b"PK\x03\x04", "ZIP"), (b"\x28\xb5\x2f\xfd", "Zstandard")] {
        let packed = folder.path().join("packed.wasm");
        std::fs::write(&packed, [magic, &[0; 10_000]].concat()).unwrap();
        refused(&packed, why);
    }
}

#[test]
fn what_an_engine_compiled_is_refused() {
    let engine = wasmtime::Engine::default();
    let compiled = engine.precompile_component(&sample_bytes("adder-wat.wasm")).unwrap();
    let c = decode("adder.wasm", compiled.into());
    assert!(c.diagnostics[0].message.contains("native code"), "{:?}", c.diagnostics);
    assert!(c.exports.is_empty());
}

/// Counts what it is asked to do, and does nothing.
struct Nobody(Arc<AtomicUsize>);

impl Caller for Nobody {
    fn call(&mut self, _: CallRequest) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn cancel(&mut self, _: JobId) {}
    fn reset(&mut self, _: Digest) {}
    fn poll(&mut self) -> Vec<CallEvent> {
        Vec::new()
    }
    fn set_wake(&mut self, _: Arc<dyn Fn() + Send + Sync>) {}
    fn process_id(&self) -> Option<u32> {
        None
    }
}

#[test]
fn opening_runs_nothing() {
    // If anybody started it, this would never end: instantiating it runs the loop.
    let bytes = wat::parse_str(
        "(component (core module $m (func $f (loop (br 0))) (start $f)) (core instance (instantiate $m)))",
    )
    .unwrap();
    let room: Arc<Room> = Arc::default();
    room.memory.put("/loop.wasm", bytes.clone());
    let asked = Arc::new(AtomicUsize::new(0));
    let env = Arc::clone(&room) as Arc<dyn Env>;
    let mut session = Session::new(env, Some(Box::new(Nobody(Arc::clone(&asked)))));
    session.apply(session::Command::Open(vec!["/loop.wasm".into()]));
    session.poll();
    let digest = Digest::of(&bytes);
    assert!(session.library().contains_key(&digest));
    session.apply(session::Command::Study(Study::Sizes(digest)));
    session.apply(session::Command::Study(Study::Search("loop".into())));
    session.poll();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

/// Code points that draw nothing, draw over others, turn the direction, or end a line.
fn spoofs() -> Vec<char> {
    let ranges = [
        0x01..=0x08,
        0x0b..=0x1f,
        0x7f..=0x84,
        0x200b..=0x200f,
        0x2028..=0x202e,
        0x2060..=0x2069,
        0xfff9..=0xfffb,
        0xe000..=0xe001,
        0xe0041..=0xe0042,
        0xfe00..=0xfe01,
    ];
    let mut out: Vec<char> = ranges.into_iter().flatten().filter_map(char::from_u32).collect();
    out.extend(['\u{ad}', '\u{34f}', '\u{61c}', '\u{feff}', '\u{115f}', '\u{3164}', '\u{180e}']);
    out
}

/// A component with all of these characters wherever a file may have any text.
fn spoofing() -> Vec<u8> {
    let evil: String = spoofs().into_iter().flat_map(|c| ['x', c]).collect();
    let escaped: String = evil.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    let text = format!(
        "(component
            (import \"m\" (core module (import \"{escaped}\" \"{escaped}\" (func)) (export \"{escaped}\" (func))))
            (import \"a:b/c@1.0.0\" (instance (export \"f\" (func))))
            (core module $inner (func (export \"{escaped}\")) (@custom \"{escaped}\" \"{escaped}\")))"
    );
    let mut bytes = wat::parse_str(text).unwrap();
    let mut custom = |name: &str, contents: &[u8]| {
        let section = wasm_encoder::CustomSection { name: name.into(), data: contents.into() };
        bytes.push(0);
        wasm_encoder::Encode::encode(&section, &mut bytes);
    };
    for name in
        ["authors", "licenses", "source", "homepage", "revision", "version", "description", &evil, "package-docs"]
    {
        custom(name, evil.as_bytes());
    }
    let mut producers = wasm_encoder::ProducersSection::new();
    for field in ["language", "processed-by", "sdk"] {
        let mut values = wasm_encoder::ProducersField::new();
        values.value(&evil, &evil);
        producers.field(field, &values);
    }
    bytes.push(0);
    wasm_encoder::Encode::encode(&producers, &mut bytes);
    let mut names = wasm_encoder::ComponentNameSection::new();
    names.component(&evil);
    bytes.push(0);
    wasm_encoder::Encode::encode(&names, &mut bytes);
    bytes
}

/// The name of a file with what such names may have; a separator and a zero it may not.
fn evil_name() -> String {
    spoofs().into_iter().take(40).collect::<String>() + ".wasm"
}

fn raw(text: &str) -> Vec<char> {
    let spoofs = spoofs();
    text.chars().filter(|c| spoofs.contains(c)).collect()
}

#[test]
#[cfg(unix)]
fn no_hidden_character_reaches_a_terminal() {
    assert!(spoofs().len() >= 64);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(evil_name());
    std::fs::write(&file, spoofing()).unwrap();
    let module = folder.path().join("module.wasm");
    let whole = decode("m.wasm", spoofing().into());
    let inner = &whole.root.children[0].range;
    std::fs::write(&module, &whole.bytes[inner.clone()]).unwrap();
    let mut shown = 0;
    for file in [&file, &module] {
        for arguments in [&[][..], &["--wit"], &["--json"], &["--sizes"], &["--origin"], &["--wat"]] {
            let output = inspect(arguments, file);
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.code().is_some_and(|code| code == 0 || code == 2), "{arguments:?}: {said}");
            assert!(raw(&said).is_empty(), "{arguments:?}: {:?} in\n{}", raw(&said), said.escape_debug());
            shown += said.matches("202e").count();
        }
    }
    assert!(shown > 20, "little of it is shown: {shown}");
}

/// Text of all nodes that assistive technology sees.
fn texts(harness: &Harness<'static, App>) -> String {
    fn walk(node: &AccessKitNode<'_>, out: &mut String) {
        for text in [node.label(), node.value()].into_iter().flatten() {
            out.push_str(&text);
            out.push(' ');
        }
        node.children().for_each(|child| walk(&child, out));
    }
    let mut out = String::new();
    walk(&harness.root().accesskit_node(), &mut out);
    out
}

/// The window with this file open and looked at in Inspect.
fn window(path: &str, bytes: Vec<u8>) -> Harness<'static, App> {
    let room: Arc<Room> = Arc::default();
    room.memory.put(path, bytes);
    let env = Arc::clone(&room) as Arc<dyn Env>;
    let path = path.into();
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(24).build_eframe(move |creation| {
        let session = Session::new(env, Some(Box::new(Nobody(Arc::default()))));
        App::new(&creation.egui_ctx, session, vec![path])
    });
    harness.run_steps(6);
    click(&mut harness, "Inspect");
    harness
}

fn click(harness: &mut Harness<'static, App>, name: &str) {
    let nodes: Vec<_> = harness.query_all_by_label(name).collect();
    let node = nodes.first().unwrap_or_else(|| panic!("there is no {name}"));
    node.click();
    harness.run_steps(6);
}

#[test]
fn no_hidden_character_reaches_the_window() {
    let mut harness = window(&format!("/{}", evil_name()), spoofing());
    let mut seen = String::new();
    for view in View::ALL {
        click(&mut harness, view.label());
        seen += &texts(&harness);
    }
    assert!(raw(&seen).is_empty(), "{:?} in {}", raw(&seen), seen.escape_debug());
    assert!(seen.contains("u{200f}"), "nothing of it is shown: {seen}");
}

#[test]
fn names_and_counts_at_their_limits_are_drawn_a_screen_at_a_time() {
    let long = "a".repeat(100_000);
    let fields: String = (0..10_000).map(|i| format!("(field \"n{i}\" u8)")).collect();
    let imports: String = (0..20_000).map(|i| format!("(import \"n{i}\" (func))")).collect();
    for text in [
        format!("(import \"{long}\" (func))"),
        format!("(type $r (record {fields})) (import \"r\" (type $n (eq $r))) (import \"f\" (func (param \"x\" $n)))"),
        imports,
    ] {
        let bytes = wat::parse_str(format!("(component {text})")).unwrap();
        let mut harness = window("/limit.wasm", bytes);
        for view in View::ALL {
            click(&mut harness, view.label());
            let mut nodes = 0;
            fn walk(node: &AccessKitNode<'_>, nodes: &mut usize) {
                *nodes += 1;
                node.children().for_each(|child| walk(&child, nodes));
            }
            walk(&harness.root().accesskit_node(), &mut nodes);
            let shown = texts(&harness).len();
            assert!(nodes < 3_000 && shown < 1 << 20, "{}: {nodes} nodes, {shown} bytes of text", view.label());
        }
    }
}

#[test]
fn a_wasm_tools_on_the_path_prints_the_same_wit() {
    let Ok(version) = Command::new("wasm-tools").arg("--version").output() else {
        return eprintln!("left out: there is no wasm-tools on the PATH");
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.contains("1.258.") {
        return eprintln!("left out: {version} may print otherwise");
    }
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components")).unwrap() {
        let file = entry.unwrap().path();
        let theirs = Command::new("wasm-tools").args(["component", "wit"]).arg(&file).output().unwrap();
        let ours = inspect(&["--wit"], &file);
        assert_eq!(
            String::from_utf8_lossy(&ours.stdout),
            String::from_utf8_lossy(&theirs.stdout),
            "{}",
            file.display()
        );
    }
}

#[test]
fn the_wit_text_is_that_of_its_own_printer() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components")).unwrap() {
        let file = entry.unwrap().path();
        let decoded = wit_component::decode(&std::fs::read(&file).unwrap()).unwrap();
        let (resolve, main) = (decoded.resolve(), decoded.package());
        let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
        let mut printer = wit_component::WitPrinter::default();
        printer.print(resolve, main, &others).unwrap();
        let ours = inspect(&["--wit"], &file);
        assert_eq!(String::from_utf8_lossy(&ours.stdout), printer.output.to_string(), "{}", file.display());
    }
}
