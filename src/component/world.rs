//! Which of the known worlds a component fits, and which generation of WASI it speaks.

use super::{Component, Extern, Kind, Part, PartKind, TypeKind};
use crate::diag::Severity;
use semver::Version;
use std::collections::BTreeMap;
use std::fmt;
use wasmparser::{BinaryReader, ImportSectionReader};

/// A world that hosts agree on.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownWorld {
    /// Its name without a version: `wasi:cli/command`.
    pub name: &'static str,
    /// The minor version of WASI it belongs to: 2 for every 0.2.x. `None` if it belongs to none.
    pub minor: Option<u64>,
    /// What a component of this world is, as a sentence without a full stop.
    pub what: &'static str,
    /// What a component of this world exports, without versions.
    exports: &'static [&'static str],
    /// What a component of this world may import, without versions.
    imports: &'static [&'static str],
}

impl fmt::Display for KnownWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(minor) => write!(f, "{} 0.{minor}", self.name),
            None => f.write_str(self.name),
        }
    }
}

/// The worlds with an entry point, as the WIT packages of WASI 0.2.12 and 0.3.0 define them; what these gate as unstable
/// is left out.
static ENTRY_WORLDS: [KnownWorld; 5] = [
    KnownWorld {
        name: "wasi:cli/command",
        minor: Some(2),
        what: "A program for the command line: the host runs it once",
        exports: &["wasi:cli/run"],
        imports: &[
            "wasi:cli/environment",
            "wasi:cli/exit",
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/terminal-input",
            "wasi:cli/terminal-output",
            "wasi:cli/terminal-stderr",
            "wasi:cli/terminal-stdin",
            "wasi:cli/terminal-stdout",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/wall-clock",
            "wasi:filesystem/preopens",
            "wasi:filesystem/types",
            "wasi:io/error",
            "wasi:io/poll",
            "wasi:io/streams",
            "wasi:random/insecure",
            "wasi:random/insecure-seed",
            "wasi:random/random",
            "wasi:sockets/instance-network",
            "wasi:sockets/ip-name-lookup",
            "wasi:sockets/network",
            "wasi:sockets/tcp",
            "wasi:sockets/tcp-create-socket",
            "wasi:sockets/udp",
            "wasi:sockets/udp-create-socket",
        ],
    },
    KnownWorld {
        name: "wasi:http/proxy",
        minor: Some(2),
        what: "An HTTP server's handler: the host calls it once per request",
        exports: &["wasi:http/incoming-handler"],
        imports: &[
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/wall-clock",
            "wasi:http/outgoing-handler",
            "wasi:http/types",
            "wasi:io/error",
            "wasi:io/poll",
            "wasi:io/streams",
            "wasi:random/random",
        ],
    },
    KnownWorld {
        name: "wasi:cli/command",
        minor: Some(3),
        what: "A program for the command line: the host runs it once",
        exports: &["wasi:cli/run"],
        imports: &[
            "wasi:cli/environment",
            "wasi:cli/exit",
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/terminal-input",
            "wasi:cli/terminal-output",
            "wasi:cli/terminal-stderr",
            "wasi:cli/terminal-stdin",
            "wasi:cli/terminal-stdout",
            "wasi:cli/types",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/system-clock",
            "wasi:clocks/types",
            "wasi:filesystem/preopens",
            "wasi:filesystem/types",
            "wasi:random/insecure",
            "wasi:random/insecure-seed",
            "wasi:random/random",
            "wasi:sockets/ip-name-lookup",
            "wasi:sockets/types",
        ],
    },
    KnownWorld {
        name: "wasi:http/service",
        minor: Some(3),
        what: "An HTTP server's handler: the host calls it for each request",
        exports: &["wasi:http/handler"],
        imports: &[
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/types",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/system-clock",
            "wasi:clocks/types",
            "wasi:http/client",
            "wasi:http/types",
            "wasi:random/insecure",
            "wasi:random/insecure-seed",
            "wasi:random/random",
        ],
    },
    KnownWorld {
        name: "wasi:http/middleware",
        minor: Some(3),
        what: "A step in front of another HTTP handler: it takes requests and may pass them on",
        exports: &["wasi:http/handler"],
        imports: &[
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/types",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/system-clock",
            "wasi:clocks/types",
            "wasi:http/client",
            "wasi:http/handler",
            "wasi:http/types",
            "wasi:random/insecure",
            "wasi:random/insecure-seed",
            "wasi:random/random",
        ],
    },
];

/// What has exports and no entry point: it is there for other components.
static LIBRARY: KnownWorld = KnownWorld {
    name: "library",
    minor: None,
    what: "Gives functions to other components and has no entry point that a host would run by itself",
    exports: &[],
    imports: &[],
};

/// How a component relates to a [`KnownWorld`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldFit {
    /// The world.
    pub world: &'static KnownWorld,
    /// What keeps the component from it; empty if it fits.
    pub gaps: Vec<Gap>,
}

impl WorldFit {
    /// Whether a host that offers this world can start the component.
    pub fn fits(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// One thing that keeps a component from a world. Names come from the file unless they are the world's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// The world asks for this export, and it is not there.
    NoExport(&'static str),
    /// The world asks for this export; the component has it in another version.
    ExportVersion(&'static str, String),
    /// The component imports this, and the world does not offer it.
    Outside(String),
    /// The component imports this; the world offers it in another version.
    ImportVersion(String),
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::NoExport(name) => write!(f, "It does not export {name}"),
            Gap::ExportVersion(name, found) => write!(f, "It exports {found}, which is another version of {name}"),
            Gap::Outside(name) => write!(f, "It imports {name}, which this world does not offer"),
            Gap::ImportVersion(name) => write!(f, "It imports {name}, which this world offers in another version"),
        }
    }
}

/// The known worlds that a component fits. If it fits none with an entry point, the nearest of those comes last, with what
/// is missing. Empty for what is not a valid component.
///
/// Imports that bring types only, without functions and resources, ask a host for nothing and are not counted.
pub fn worlds(component: &Component) -> Vec<WorldFit> {
    let is_broken = component.diagnostics.iter().any(|d| d.severity == Severity::Error);
    if component.kind != Kind::Component || is_broken {
        return Vec::new();
    }
    let imports: Vec<&Extern> = component.imports.iter().filter(|i| asks_for_something(component, i)).collect();
    let all = ENTRY_WORLDS.iter().map(|world| WorldFit { world, gaps: gaps(world, component, &imports) });
    let (mut found, others): (Vec<_>, Vec<_>) = all.partition(WorldFit::fits);
    // A service is a middleware that passes nothing on: the first says it better.
    if found.iter().any(|f| f.world.name == "wasi:http/service") {
        found.retain(|f| f.world.name != "wasi:http/middleware");
    }
    if !found.is_empty() {
        return found;
    }
    let is_entry = |e: &Extern| ENTRY_WORLDS.iter().any(|w| w.exports.contains(&base(&e.name)));
    if !component.exports.is_empty() && !component.exports.iter().any(is_entry) {
        found.push(WorldFit { world: &LIBRARY, gaps: Vec::new() });
    }
    found.extend(others.into_iter().min_by_key(|fit| {
        let far = |gap: &Gap| matches!(gap, Gap::NoExport(_));
        (fit.gaps.iter().any(far), fit.gaps.len())
    }));
    found
}

fn asks_for_something(component: &Component, import: &Extern) -> bool {
    let super::Item::Interface(interface) = &import.item else { return true };
    let is_resource = |id| matches!(component.types.get(id).map(|d| &d.kind), Some(TypeKind::Resource));
    // Where only names could be read, an interface is empty; then it counts.
    !interface.functions.is_empty() || interface.types.is_empty() || interface.types.iter().any(|id| is_resource(*id))
}

fn gaps(world: &'static KnownWorld, component: &Component, imports: &[&Extern]) -> Vec<Gap> {
    let mut out = Vec::new();
    for name in world.exports {
        let mut same = component.exports.iter().filter(|e| base(&e.name) == *name).peekable();
        match same.peek().map(|e| e.name.clone()) {
            None => out.push(Gap::NoExport(name)),
            Some(first) if !same.any(|e| is_of(&e.name, world.minor)) => out.push(Gap::ExportVersion(name, first)),
            Some(_) => {}
        }
    }
    for import in imports {
        if !world.imports.contains(&base(&import.name)) {
            out.push(Gap::Outside(import.name.clone()));
        } else if !is_of(&import.name, world.minor) {
            out.push(Gap::ImportVersion(import.name.clone()));
        }
    }
    out
}

/// The name without its version.
fn base(name: &str) -> &str {
    name.split_once('@').map_or(name, |(base, _)| base)
}

/// Whether a name has a released version 0.`minor`.x, which are all compatible.
fn is_of(name: &str, minor: Option<u64>) -> bool {
    let Some((_, version)) = name.split_once('@') else { return false };
    match Version::parse(version) {
        Ok(v) => v.major == 0 && Some(v.minor) == minor && v.pre.is_empty(),
        // A canonical name ends with the compatible part of the version.
        Err(_) => version.strip_prefix("0.").and_then(|m| m.parse().ok()) == minor && minor.is_some(),
    }
}

/// Which WASI a file speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WasiGeneration {
    /// The lowest and highest version that is imported or exported, per track, oldest first.
    pub tracks: Vec<Track>,
    /// Whether a core module in it imports `wasi_snapshot_preview1` or its forerunner.
    pub preview1: Preview1,
}

/// The versions of one line of WASI, all of them compatible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// `0.2`, `0.3`; a draft of a version is a track of its own, `0.3.0-rc-2025-09-16`.
    pub name: String,
    /// The lowest version.
    pub lowest: Version,
    /// The highest version.
    pub highest: Version,
}

/// How a file uses the WASI from before components.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Preview1 {
    /// It does not.
    #[default]
    No,
    /// A core module inside a component does; the component adapts it.
    Adapted,
    /// The file is a core module that does: to become a component it needs an adapter.
    AdapterMissing,
}

impl fmt::Display for WasiGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.preview1 == Preview1::AdapterMissing {
            return f.write_str("preview 1, without the adapter that a component needs");
        }
        if self.tracks.len() > 1 {
            f.write_str("mixed: ")?;
        }
        for (i, track) in self.tracks.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { " and " })?;
            write!(f, "{track}")?;
        }
        match (self.preview1, self.tracks.is_empty()) {
            (Preview1::Adapted, false) => f.write_str(", through the preview 1 adapter"),
            (Preview1::Adapted, true) => f.write_str("none; preview 1 is answered inside the file"),
            (_, true) => f.write_str("none"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, lowest, highest } = self;
        match (lowest == highest, lowest.pre.is_empty()) {
            (true, true) => write!(f, "{name} ({lowest})"),
            (true, false) => write!(f, "{name} (a draft)"),
            (false, _) => write!(f, "{name} ({lowest} to {highest})"),
        }
    }
}

/// Which WASI a file speaks, by the versions of its imports and exports, and by the imports of its core modules.
pub fn wasi_generation(component: &Component) -> WasiGeneration {
    let mut tracks: BTreeMap<(u64, u64, bool, String), (Version, Version)> = BTreeMap::new();
    for name in component.imports.iter().chain(&component.exports).map(|e| e.name.as_str()) {
        let Some(version) = name.strip_prefix("wasi:").and_then(|n| n.split_once('@')) else { continue };
        let Ok(version) = Version::parse(version.1) else { continue };
        let is_release = version.pre.is_empty();
        let track = match is_release {
            true if version.major == 0 => format!("0.{}", version.minor),
            true => version.major.to_string(),
            false => version.to_string(),
        };
        let minor = if version.major == 0 { version.minor } else { 0 };
        let (lowest, highest) = tracks
            .entry((version.major, minor, is_release, track))
            .or_insert_with(|| (version.clone(), version.clone()));
        if version < *lowest {
            *lowest = version;
        } else if version > *highest {
            *highest = version;
        }
    }
    let tracks = tracks.into_iter().map(|((.., name), (lowest, highest))| Track { name, lowest, highest }).collect();
    let preview1 = match imports_preview1(&component.bytes, &component.root) {
        false => Preview1::No,
        true if component.kind == Kind::CoreModule => Preview1::AdapterMissing,
        true => Preview1::Adapted,
    };
    WasiGeneration { tracks, preview1 }
}

/// Whether a core module of this part or inside it imports the old WASI. Nesting is bounded where the tree is made.
fn imports_preview1(bytes: &[u8], part: &Part) -> bool {
    let own = part.kind == PartKind::Module
        && part.sections.iter().filter(|s| s.0 == "import").any(|(_, range)| {
            let Some(section) = bytes.get(range.clone()) else { return false };
            let Ok(section) = ImportSectionReader::new(BinaryReader::new(section, range.start as u64)) else {
                return false;
            };
            let mut imports = section.into_imports().map_while(Result::ok);
            imports.any(|import| matches!(import.module, "wasi_snapshot_preview1" | "wasi_unstable"))
        });
    own || part.children.iter().any(|child| imports_preview1(bytes, child))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::decode;

    /// A component with these imports and exports, each an instance with one function.
    fn component(imports: &[&str], exports: &[&str]) -> Component {
        let mut text = String::from("(component\n");
        for name in imports {
            text.push_str(&format!("(import \"{name}\" (instance (export \"f\" (func))))\n"));
        }
        text.push_str("(core module $m (func (export \"f\"))) (core instance $i (instantiate $m))\n");
        text.push_str("(func $f (canon lift (core func $i \"f\")))\n (instance $e (export \"f\" (func $f)))\n");
        for name in exports {
            text.push_str(&format!("(export \"{name}\" (instance $e))\n"));
        }
        text.push(')');
        let c = decode("c.wat", text.into_bytes().into());
        assert_eq!(c.kind, Kind::Component, "{:?}", c.diagnostics);
        assert_eq!((c.imports.len(), c.exports.len()), (imports.len(), exports.len()), "{:?}", c.diagnostics);
        c
    }

    /// What [`worlds`] says, one line per world: its name, and each gap behind a dash.
    fn said(c: &Component) -> Vec<String> {
        worlds(c).iter().map(|w| w.gaps.iter().fold(w.world.to_string(), |all, gap| format!("{all} - {gap}"))).collect()
    }

    #[test]
    fn each_known_world_is_recognised_at_any_of_its_versions() {
        for (imports, exports, expected) in [
            (
                &["wasi:cli/stdout@0.2.0", "wasi:io/streams@0.2.12"][..],
                &["wasi:cli/run@0.2.6"][..],
                "wasi:cli/command 0.2",
            ),
            (&[], &["wasi:cli/run@0.2.12", "a:b/c"], "wasi:cli/command 0.2"),
            (
                &["wasi:http/types@0.2.3", "wasi:http/outgoing-handler@0.2.3"],
                &["wasi:http/incoming-handler@0.2.3"],
                "wasi:http/proxy 0.2",
            ),
            (
                &["wasi:cli/types@0.3.0", "wasi:clocks/system-clock@0.3.1"],
                &["wasi:cli/run@0.3.0"],
                "wasi:cli/command 0.3",
            ),
            (&["wasi:http/client@0.3.0"], &["wasi:http/handler@0.3.0"], "wasi:http/service 0.3"),
            (
                &["wasi:http/handler@0.3.0", "wasi:http/types@0.3.0"],
                &["wasi:http/handler@0.3.0"],
                "wasi:http/middleware 0.3",
            ),
        ] {
            assert_eq!(said(&component(imports, exports)), [expected], "{imports:?} {exports:?}");
        }
    }

    #[test]
    fn near_misses_say_what_is_missing() {
        for (imports, exports, expected) in [
            (
                &["techbytes:payments/fraud-check"][..],
                &["wasi:cli/run@0.2.0"][..],
                &["wasi:cli/command 0.2 - It imports techbytes:payments/fraud-check, which this world does not offer"]
                    [..],
            ),
            (
                &[],
                &["wasi:http/handler@0.3.0-rc-2025-09-16"],
                &[
                    "wasi:http/service 0.3 - It exports wasi:http/handler@0.3.0-rc-2025-09-16, which is another version of wasi:http/handler",
                ],
            ),
            (
                &["wasi:cli/stdout@0.3.0", "wasi:cli/types@0.3.0"],
                &["wasi:cli/run@0.2.0"],
                &["wasi:cli/command 0.3 - It exports wasi:cli/run@0.2.0, which is another version of wasi:cli/run"],
            ),
            (
                &["wasi:cli/environment@0.2.0", "wasi:http/types@0.2.0"],
                &["wasi:http/incoming-handler@0.2.0"],
                &["wasi:http/proxy 0.2 - It imports wasi:cli/environment@0.2.0, which this world does not offer"],
            ),
            (
                &["wasi:clocks/wall-clock@0.2.0-rc-2023-12-05"],
                &["wasi:cli/run@0.2.0"],
                &[
                    "wasi:cli/command 0.2 - It imports wasi:clocks/wall-clock@0.2.0-rc-2023-12-05, which this world offers in another version",
                ],
            ),
            (&[], &["a:b/c@1.0.0"], &["library", "wasi:cli/command 0.2 - It does not export wasi:cli/run"]),
            (
                &["wasi:http/types@0.2.0"],
                &["a:b/c@1.0.0"],
                &["library", "wasi:http/proxy 0.2 - It does not export wasi:http/incoming-handler"],
            ),
            (
                &["a:b/c"],
                &[],
                &[
                    "wasi:cli/command 0.2 - It does not export wasi:cli/run - It imports a:b/c, which this world does not offer",
                ],
            ),
        ] {
            assert_eq!(said(&component(imports, exports)), expected, "{imports:?} {exports:?}");
        }
    }

    #[test]
    fn imports_of_types_alone_ask_for_nothing() {
        let text = "(component
            (import \"a:b/types\" (instance (type $r (record (field \"x\" u8))) (export \"r\" (type (eq $r)))))
            (core module $m (func (export \"f\"))) (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i \"f\"))) (instance $e (export \"f\" (func $f)))
            (export \"wasi:cli/run@0.2.0\" (instance $e)))";
        assert_eq!(said(&decode("c.wat", text.as_bytes().into())), ["wasi:cli/command 0.2"]);
        let text = text.replace(
            "(type $r (record (field \"x\" u8))) (export \"r\" (type (eq $r)))",
            "(export \"r\" (type (sub resource)))",
        );
        assert_eq!(worlds(&decode("c.wat", text.as_bytes().into()))[0].gaps, [Gap::Outside("a:b/types".into())]);
    }

    #[test]
    fn what_is_no_component_fits_no_world() {
        assert!(worlds(&decode("m.wat", b"(module)"[..].into())).is_empty());
        assert!(worlds(&decode("x.wasm", b"nonsense"[..].into())).is_empty());
    }

    #[test]
    fn samples_have_their_worlds_and_generation() {
        for (file, expected, generation) in [
            ("adder-wat", &["library", "wasi:cli/command 0.2"][..], "none"),
            ("greeter-http-rust", &["wasi:http/proxy 0.2"], "0.2 (0.2.12)"),
            ("wordcount-rust", &["wasi:cli/command 0.2"], "0.2 (0.2.12), through the preview 1 adapter"),
            ("ledger-rust", &["library", "wasi:cli/command 0.2"], "0.2 (0.2.12), through the preview 1 adapter"),
            ("stock-rust", &["library", "wasi:cli/command 0.2"], "none"),
        ] {
            let path = format!("{}/samples/components/{file}.wasm", env!("CARGO_MANIFEST_DIR"));
            let c = decode(file, std::fs::read(path).unwrap().into());
            assert_eq!(worlds(&c).iter().map(|w| w.world.to_string()).collect::<Vec<_>>(), expected, "{file}");
            assert_eq!(wasi_generation(&c).to_string(), generation, "{file}");
        }
    }

    #[test]
    fn the_generation_names_what_is_mixed_and_what_is_missing() {
        for (imports, expected) in [
            (&[][..], "none"),
            (&["a:b/c@0.2.0"], "none"),
            (&["wasi:cli/stdin@0.2.9", "wasi:cli/stdout@0.2.0", "wasi:io/streams@0.2.12"], "0.2 (0.2.0 to 0.2.12)"),
            (&["wasi:cli/stdin@0.3.0"], "0.3 (0.3.0)"),
            (&["wasi:cli/stdin@0.3.0", "wasi:cli/stdout@0.2.1"], "mixed: 0.2 (0.2.1) and 0.3 (0.3.0)"),
            (&["wasi:http/types@0.3.0-rc-2025-09-16"], "0.3.0-rc-2025-09-16 (a draft)"),
        ] {
            assert_eq!(wasi_generation(&component(imports, &["x:y/z"])).to_string(), expected, "{imports:?}");
        }
        let old = "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))";
        let module = decode("m.wat", format!("(module {old})").into_bytes().into());
        assert_eq!(wasi_generation(&module).to_string(), "preview 1, without the adapter that a component needs");
        let inner = decode("c.wat", format!("(component (core module {old}))").into_bytes().into());
        assert_eq!(wasi_generation(&inner).preview1, Preview1::Adapted);
    }
}
