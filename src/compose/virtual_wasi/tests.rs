use super::*;
use crate::component::{Kind, decode};
use crate::compose::fit::base_name;
use crate::compose::{Edit, Port, apply, check, encode};

/// It imports nothing.
fn made(settings: &VirtualWasi) -> Arc<component::Component> {
    let component = component(settings);
    assert!(component.imports.is_empty(), "{:?}", component.imports);
    component
}

fn component(settings: &VirtualWasi) -> Arc<component::Component> {
    let bytes = virtual_wasi(settings).unwrap();
    assert_eq!(virtual_wasi(settings).unwrap(), bytes, "the same settings, the same bytes");
    let component = Arc::new(decode("virtual-wasi.wasm", bytes.into()));
    assert_eq!(component.kind, Kind::Component);
    assert!(component.diagnostics.is_empty(), "{:?}", component.diagnostics);
    component
}

fn of(groups: &[WasiGroup]) -> VirtualWasi {
    VirtualWasi { groups: groups.iter().copied().collect(), ..VirtualWasi::default() }
}

fn exports(component: &component::Component) -> BTreeSet<String> {
    component.exports.iter().map(|e| e.name.clone()).collect()
}

/// Without versions.
fn imports(component: &component::Component) -> BTreeSet<String> {
    component.imports.iter().map(|i| base_name(&i.name).to_owned()).collect()
}

/// The groups that a number stands for, bit by bit.
fn subset(bits: usize) -> Vec<WasiGroup> {
    WasiGroup::ALL.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, group)| group).collect()
}

#[test]
fn each_set_of_groups_exports_just_that() {
    for bits in
        [0b11_1111, 0b01_1111, 0b00_0001, 0b00_0010, 0b00_0100, 0b00_1000, 0b01_0000, 0b10_0000, 0b00_1001, 0b01_0010]
    {
        let settings = of(&subset(bits));
        let component = made(&settings);
        assert_eq!(exports(&component), settings.exports().into_iter().collect(), "{bits:b}");
        let io = component.exports.iter().any(|e| e.name.starts_with("wasi:io/"));
        assert_eq!(io, bits & 0b01_0110 != 0, "{bits:b}");
        for export in &component.exports {
            assert!(component.wit().contains(&format!("export {}", export.name)), "{bits:b} {}", export.name);
        }
    }
}

#[test]
fn it_imports_what_it_hands_on_and_nothing_else() {
    for bits in 0..1 << HostPart::ALL.len() {
        let host: BTreeSet<_> =
            HostPart::ALL.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, part)| part).collect();
        let wanted: BTreeSet<_> = host.iter().flat_map(|part| part.interfaces()).map(|i| (*i).to_owned()).collect();
        let settings = VirtualWasi { host, ..VirtualWasi::default() };
        let with_host = component(&settings);
        assert_eq!(exports(&with_host), settings.exports().into_iter().collect(), "{bits:b}");
        assert_eq!(imports(&with_host), wanted, "{bits:b}");
    }
    // Of the streams, the functions of the direction that is handed on.
    let streams = |host: &[HostPart]| -> Vec<String> {
        let settings = VirtualWasi { host: host.iter().copied().collect(), ..VirtualWasi::default() };
        let names = component(&settings).import("wasi:io/streams@0.2.12").unwrap().functions().to_vec();
        names.into_iter().map(|f| f.name).collect()
    };
    let stdin = streams(&[HostPart::Stdin]);
    assert!(!stdin.is_empty() && stdin.iter().all(|name| name.contains("input-stream")), "{stdin:?}");
    for host in [HostPart::Stdout, HostPart::Stderr] {
        let out = streams(&[host]);
        assert!(!out.is_empty() && out.iter().all(|name| name.contains("output-stream")), "{out:?}");
    }
    assert_eq!(streams(&[HostPart::Stdin, HostPart::Stderr]), streams(&HostPart::ALL));
    // What is not given is not handed on.
    let mut settings = of(&[WasiGroup::Files, WasiGroup::Clocks]);
    settings.host = HostPart::ALL.into();
    assert_eq!(
        imports(&component(&settings)),
        ["wasi:clocks/monotonic-clock", "wasi:clocks/wall-clock", "wasi:io/poll"].map(str::to_owned).into()
    );
    // Functions keep their names, by which a backtrace tells how it was left.
    let text = wasmprinter::print_bytes(virtual_wasi(&of(&[WasiGroup::Exit])).unwrap()).unwrap();
    assert!(text.contains("exit_with_success") && text.contains("exit_with_failure"));
}

#[test]
fn the_module_is_the_one_that_is_listed() {
    let listed = include_str!("../../../samples/SHA256SUMS");
    let digest = component::Digest::of(EVERYTHING);
    assert!(listed.contains(&format!("{digest}  ../assets/virtual/virtual-wasi.wasm")), "{digest}");
}

#[test]
fn settings_change_bytes_and_nothing_else() {
    let mut settings = VirtualWasi::default();
    let before = made(&settings);
    settings.environment.insert("COLOUR".into(), "blue".into());
    settings.files.insert("/big".into(), vec![7; 300_000]);
    let after = made(&settings);
    assert_ne!(before.digest, after.digest);
    assert_eq!(exports(&before), exports(&after));
    assert!(after.bytes.windows(4).any(|w| w == b"blue"));
    assert!(after.bytes.len() > 300_000);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let refused = |change: fn(&mut VirtualWasi)| {
        let mut settings = VirtualWasi::default();
        change(&mut settings);
        virtual_wasi(&settings).unwrap_err().to_string()
    };
    for (said, change) in [
        (
            "A virtual WASI must give something: choose at least one of environment, stdio, clocks, random, files, exit",
            (|s| s.groups.clear()) as fn(&mut VirtualWasi),
        ),
        ("“” cannot be the name of an environment variable: it is empty", |s| {
            s.environment.insert(String::new(), "1".into());
        }),
        ("“A=B” cannot be the name of an environment variable: it has a character that no name can have", |s| {
            s.environment.insert("A=B".into(), "1".into());
        }),
        ("“a\\u{0}b” cannot be passed on: it holds a zero character", |s| s.arguments.push("a\0b".into())),
        ("“data/a” cannot be the path of a file: it must begin with /", |s| {
            s.files.insert("data/a".into(), Vec::new());
        }),
        ("“/data/../a” cannot be the path of a file: it must name the file itself, without . and ..", |s| {
            s.files.insert("/data/../a".into(), Vec::new());
        }),
        ("“/data/” cannot be the path of a file: a part of it is empty", |s| {
            s.files.insert("/data/".into(), Vec::new());
        }),
        ("“/data/a” cannot be the path of a file: /data is a file, so nothing lies in it", |s| {
            s.files.insert("/data".into(), Vec::new());
            s.files.insert("/data/a".into(), Vec::new());
        }),
        ("The clock has 1000000000 nanoseconds beyond its seconds, and there are no more than 999999999", |s| {
            s.clock.nanoseconds = 1_000_000_000;
        }),
        ("The settings are too large: 8388609 bytes in all, and 8 MiB are the most", |s| {
            s.stdin = " ".repeat(MOST_BYTES + 1);
        }),
    ] {
        assert_eq!(refused(change), said);
    }
}

#[test]
fn moments_are_read_and_written() {
    for (text, seconds, nanoseconds, again) in [
        ("0", 0, 0, "1970-01-01T00:00:00Z"),
        ("946684800", 946_684_800, 0, "2000-01-01T00:00:00Z"),
        ("946684800.25", 946_684_800, 250_000_000, "2000-01-01T00:00:00.25Z"),
        ("2000-01-01", 946_684_800, 0, "2000-01-01T00:00:00Z"),
        ("2000-02-29T23:59:59Z", 951_868_799, 0, "2000-02-29T23:59:59Z"),
        ("2000-03-01T00:00:00z", 951_868_800, 0, "2000-03-01T00:00:00Z"),
        ("2026-11-27 03:04:05.000000001+01:30", 1_795_743_245, 1, "2026-11-27T01:34:05.000000001Z"),
        ("9999-12-31T23:59:59Z", 253_402_300_799, 0, "9999-12-31T23:59:59Z"),
        ("253402300800", 253_402_300_800, 0, "253402300800"),
        ("18446744073709551615", u64::MAX, 0, "18446744073709551615"),
    ] {
        assert_eq!(moment(text), Ok((seconds, nanoseconds)), "{text}");
        assert_eq!(moment_text(seconds, nanoseconds), again, "{text}");
        assert_eq!(moment(again), Ok((seconds, nanoseconds)), "{again}");
    }
    for text in [
        "",
        "soon",
        "2000-1-1",
        "2000-13-01",
        "2001-02-29",
        "2000-01-01T24:00:00Z",
        "2000-01-01T00:00:00",
        "1969-12-31",
        "2000-01-01T00:00Z",
        "2000-01-01T00:00:00.Z",
        "1.0000000001",
        "99999999999999999999",
        "-5",
        "ä000-01-01",
        "2000-01-01T00:00:00+1:00",
    ] {
        assert!(moment(text).is_err(), "{text}");
    }
}

#[test]
fn every_import_that_it_can_give_is_known_at_any_older_version() {
    assert_eq!(virtual_export("wasi:cli/stdin@0.2.0").as_deref(), Some("wasi:cli/stdin@0.2.12"));
    assert_eq!(virtual_export("wasi:io/poll@0.2.12").as_deref(), Some("wasi:io/poll@0.2.12"));
    for other in
        ["wasi:cli/stdin@0.3.0", "wasi:http/types@0.2.0", "wasi:sockets/tcp@0.2.0", "stdin", "wasi:cli/stdin@0.2.99"]
    {
        assert_eq!(virtual_export(other), None, "{other}");
    }
}

/// The samples with all their imports of WASI wired to one virtual instance.
#[test]
fn it_takes_the_place_of_the_host_for_every_sample() {
    let everything = made(&of(&WasiGroup::ALL));
    for (file, bytes) in [
        ("wordcount", &include_bytes!("../../../samples/components/wordcount-rust.wasm")[..]),
        ("ledger", &include_bytes!("../../../samples/components/ledger-rust.wasm")[..]),
        ("fraud-check", &include_bytes!("../../../samples/components/fraud-check-go.wasm")[..]),
        ("fraud-check-cpp", &include_bytes!("../../../samples/components/fraud-check-cpp.wasm")[..]),
    ] {
        let consumer = Arc::new(decode(file, bytes.into()));
        let library =
            Library::from([(consumer.digest, Arc::clone(&consumer)), (everything.digest, Arc::clone(&everything))]);
        let mut composition = Composition::default();
        let mut edit = |edit: Edit| composition = apply(&composition, &library, &edit).unwrap();
        edit(Edit::AddInstance { name: "guest".into(), component: consumer.digest });
        edit(Edit::AddInstance { name: "wasi".into(), component: everything.digest });
        for import in &consumer.imports {
            let export = virtual_export(&import.name).unwrap_or_else(|| panic!("{file} {}", import.name));
            edit(Edit::Connect { from: Port::new("wasi", export), to: Port::new("guest", &import.name) });
        }
        let found = check(&composition, &library);
        assert!(found.iter().all(|d| d.severity < crate::diag::Severity::Error), "{file} {found:?}");
        let composed = encode(&composition, &library).unwrap();
        let composed = decode("composed.wasm", composed.bytes.into());
        assert!(composed.imports.is_empty(), "{file} {:?}", composed.imports);
    }
}

#[test]
fn what_is_left_to_the_host_beside_virtual_streams_is_told_and_mended() {
    let consumer =
        Arc::new(decode("ledger", include_bytes!("../../../samples/components/ledger-rust.wasm")[..].into()));
    let files = made(&VirtualWasi::default());
    let library = Library::from([(consumer.digest, Arc::clone(&consumer)), (files.digest, Arc::clone(&files))]);
    let mut composition = Composition::default();
    for (name, component) in [("guest", consumer.digest), ("wasi", files.digest)] {
        composition.instances.insert(name.into(), Instance { component });
    }
    let connect = |interface: &str| {
        let from = Port::new("wasi", format!("{interface}@0.2.12"));
        Edit::Connect { from, to: Port::new("guest", format!("{interface}@0.2.12")) }
    };
    composition = apply(&composition, &library, &connect("wasi:io/streams")).unwrap();
    let errors = |composition: &Composition| {
        let found = check(composition, &library).into_iter();
        found.filter(|d| d.severity == crate::diag::Severity::Error).collect::<Vec<_>>()
    };
    assert!(!errors(&composition).is_empty());
    let mut steps = 0;
    while let Some(problem) = errors(&composition).first() {
        let fixes = crate::compose::fixes(&composition, &library, &problem.subject);
        let fix = fixes.first().unwrap_or_else(|| panic!("{problem}"));
        composition = fix.edits.iter().fold(composition, |now, edit| apply(&now, &library, edit).unwrap());
        steps += 1;
        assert!(steps < 20);
    }
    assert!(steps > 3, "{steps}");
    encode(&composition, &library).unwrap();
}

/// What hands on the streams of outside goes with the rest of outside; what has its own around them does not.
#[test]
fn streams_of_outside_are_known_from_those_around_them() {
    let consumer =
        Arc::new(decode("ledger", include_bytes!("../../../samples/components/ledger-rust.wasm")[..].into()));
    let around = component(&VirtualWasi { host: HostPart::ALL.into(), ..VirtualWasi::default() });
    let relay = crate::compose::tap::tests::relay(&around, "wasi:io/streams@0.2.12");
    for (provider, is_told) in [(around, true), (relay, false)] {
        assert!(provider.import("wasi:io/streams@0.2.12").is_some());
        let library =
            Library::from([(consumer.digest, Arc::clone(&consumer)), (provider.digest, Arc::clone(&provider))]);
        let mut composition = Composition::default();
        for (name, component) in [("guest", consumer.digest), ("streams", provider.digest)] {
            composition.instances.insert(name.into(), Instance { component });
        }
        let [from, to] = ["streams", "guest"].map(|name| Port::new(name, "wasi:io/streams@0.2.12"));
        composition = apply(&composition, &library, &Edit::Connect { from, to }).unwrap();
        let found = check(&composition, &library);
        let told = found.iter().any(|d| d.message.contains("wasi:cli/stdout@0.2.12 comes from outside"));
        assert_eq!(told, is_told, "{found:?}");
        assert_eq!(encode(&composition, &library).is_err(), is_told);
    }
}

#[test]
fn components_for_older_versions_take_it() {
    let wit = "package t:old;
        world old {
            import wasi:io/streams@0.2.0;
            import wasi:cli/stdin@0.2.3;
            import wasi:random/random@0.2.0;
            export run: func() -> u64;
        }
        package wasi:io@0.2.0 {
            interface error { resource error; }
            interface streams {
                use error.{error};
                variant stream-error { last-operation-failed(error), closed }
                resource input-stream { read: func(len: u64) -> result<list<u8>, stream-error>; }
            }
        }
        package wasi:cli@0.2.3 {
            interface stdin { use wasi:io/streams@0.2.0.{input-stream}; get-stdin: func() -> input-stream; }
        }
        package wasi:random@0.2.0 { interface random { get-random-u64: func() -> u64; } }";
    let consumer = crate::compose::tests::component("old", wit, "old");
    let wasi = made(&VirtualWasi::default());
    let library = Library::from([(consumer.digest, Arc::clone(&consumer)), (wasi.digest, Arc::clone(&wasi))]);
    let mut composition = Composition::default();
    for (name, component) in [("old", consumer.digest), ("wasi", wasi.digest)] {
        composition.instances.insert(name.into(), Instance { component });
    }
    let plan = crate::compose::plan(&composition, &library, &Default::default(), &Default::default());
    assert_eq!((plan.wires(), plan.waiting()), (consumer.imports.len(), 0), "{}", plan.text());
    assert!(plan.text().contains("(0.2.12 for 0.2.0)"), "{}", plan.text());
    let composition = plan.edits().iter().fold(composition, |now, edit| apply(&now, &library, edit).unwrap());
    let composed = decode("composed.wasm", encode(&composition, &library).unwrap().bytes.into());
    assert!(composed.imports.is_empty(), "{:?}", composed.imports);
}
