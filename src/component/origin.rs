//! Who made a file, with what, and of what, part by part. All of it is a claim of the file, none of it is verified.

use super::metadata::read_custom;
use super::{Component, Metadata, Part, PartKind};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;
use wasmparser::{BinaryReader, CustomSectionReader};

/// The custom section in which `cargo auditable` keeps the list of dependencies.
const DEPENDENCIES: &str = ".dep-v0";
/// A list of dependencies that unpacks to more bytes is not read: a few kilobytes can unpack to gigabytes.
const MAX_LIST: u64 = 2 << 20;
/// So many bytes of lists are unpacked in a whole file.
const MAX_LISTS: u64 = 16 << 20;

/// What a file says of its origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Every part, the outermost first and each before those inside it.
    pub parts: Vec<PartOrigin>,
    /// Every language and tool, each once: languages first, then tools by name.
    pub tools: Vec<Tool>,
}

/// What a part says of its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartOrigin {
    /// Its position among the children, from the outermost part on; empty for that one.
    pub path: Vec<usize>,
    /// What it is.
    pub kind: PartKind,
    /// Where it lies in the file.
    pub range: Range<usize>,
    /// What it says of itself; the producers are its own.
    pub metadata: Metadata,
    /// What it was built of.
    pub dependencies: Dependencies,
    /// Sections that could not be read to their end.
    pub broken: Vec<BrokenSection>,
}

/// What a part was built of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dependencies {
    /// There is no list in it.
    NoneEmbedded,
    /// As listed.
    Listed(Vec<Dependency>),
    /// There is a list that cannot be read: why.
    Unreadable(String),
}

/// A package that a part was built of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it came from: `crates.io`, `git`, `local`, `registry` or something else.
    pub source: String,
    /// Whether only the build used it.
    pub is_build: bool,
    /// Whether it is what was built.
    pub is_root: bool,
    /// What it depends on, by position in the list.
    pub needs: Vec<usize>,
}

/// A custom section that could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSection {
    /// The section's name.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// A language or tool with the versions that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// `language`, `processed-by` or `sdk`.
    pub field: String,
    /// Its name.
    pub name: String,
    /// Its versions, sorted; without the empty one.
    pub versions: Vec<String>,
    /// The parts that name it, by position in [`Origin::parts`].
    pub parts: Vec<usize>,
}

impl Origin {
    /// Every package of every list, with the position of its part.
    pub fn dependencies(&self) -> impl Iterator<Item = (usize, &Dependency)> {
        self.parts.iter().enumerate().flat_map(|(i, part)| match &part.dependencies {
            Dependencies::Listed(list) => list.iter().map(move |d| (i, d)).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    }
}

impl PartOrigin {
    /// Its path as text: `0.2.1`; empty for the outermost part.
    pub fn path_text(&self) -> String {
        self.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
    }

    /// What it is called; safe to show.
    pub fn label(&self) -> String {
        super::parts::label(self.kind, &self.path, self.metadata.name.as_deref())
    }

    /// Whether it says nothing at all of its origin.
    pub fn is_silent(&self) -> bool {
        let named_only = Metadata { name: self.metadata.name.clone(), ..Metadata::default() };
        self.metadata == named_only && self.dependencies == Dependencies::NoneEmbedded && self.broken.is_empty()
    }
}

impl Dependency {
    /// Whether its name, version or source contains this text, in lower case.
    pub fn matches(&self, text: &str) -> bool {
        [&self.name, &self.version, &self.source].into_iter().any(|t| t.to_lowercase().contains(text))
    }
}

/// Reads what a file says of its origin.
pub fn origin(component: &Component) -> Origin {
    let mut out = Origin::default();
    let mut budget = MAX_LISTS;
    // In the order of the tree; its depth is bounded where it is made.
    let mut waiting = vec![(Vec::new(), &component.root)];
    while let Some((path, part)) = waiting.pop() {
        for (i, child) in part.children.iter().enumerate().rev() {
            let mut path = path.clone();
            path.push(i);
            waiting.push((path, child));
        }
        out.parts.push(read_part(&component.bytes, path, part, &mut budget));
    }
    out.tools = tools(&out.parts);
    out
}

impl Component {
    /// The language that it says it was written in: that of its main modules, not of what the tools put in beside them. None
    /// if it does not say, or parts of it say different ones.
    pub fn language(&self) -> Option<String> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut parts = Vec::new();
        let mut waiting = vec![&self.root];
        while let Some(part) = waiting.pop() {
            // Tools put a component's own code before their adapters. Where it has none, it is that of the components inside.
            let code = part.children.iter().find(|child| child.kind == PartKind::Module);
            let own = read_part(&self.bytes, Vec::new(), part, &mut 0);
            let code = code.map(|code| read_part(&self.bytes, Vec::new(), code, &mut 0));
            if code.is_none() {
                waiting.extend(part.children.iter().filter(|child| child.kind == PartKind::Component));
            }
            parts.push((own, code));
        }
        for (own, code) in &parts {
            let said = own.language();
            found.extend(said.or_else(|| code.as_ref().and_then(PartOrigin::language)));
        }
        match found.iter().next() {
            Some(one) if found.len() == 1 => Some((*one).to_owned()),
            _ => None,
        }
    }
}

impl PartOrigin {
    /// The one language that it names, or whose bindings it was built with.
    fn language(&self) -> Option<&str> {
        let producers = || self.metadata.producers.iter();
        let named: BTreeSet<&str> = producers().filter(|p| p.field == "language").map(|p| p.name.as_str()).collect();
        // The bindings are the program's own, whatever libraries in other languages are linked with it.
        match named.iter().next() {
            Some(one) if named.len() == 1 => Some(one),
            _ => producers().any(|p| p.name == "wit-bindgen-rust").then_some("Rust"),
        }
    }
}

/// Every language and tool that any part names.
fn tools(parts: &[PartOrigin]) -> Vec<Tool> {
    // By field and name; languages come first. Each with its versions, and the parts that name them.
    type Key<'a> = (bool, &'a str, &'a str);
    let mut named: BTreeMap<Key<'_>, BTreeSet<(&str, usize)>> = BTreeMap::new();
    for (i, part) in parts.iter().enumerate() {
        for p in &part.metadata.producers {
            let key = (p.field != "language", p.field.as_str(), p.name.as_str());
            named.entry(key).or_default().insert((p.version.as_str(), i));
        }
    }
    let tools = named.into_iter().map(|((_, field, name), uses)| {
        let mut versions: Vec<String> =
            uses.iter().map(|(version, _)| (*version).to_owned()).filter(|v| !v.is_empty()).collect();
        versions.dedup(); // they are sorted
        let parts: BTreeSet<usize> = uses.iter().map(|(_, part)| *part).collect();
        Tool { field: field.to_owned(), name: name.to_owned(), versions, parts: parts.into_iter().collect() }
    });
    tools.collect()
}

fn read_part(bytes: &[u8], path: Vec<usize>, part: &Part, budget: &mut u64) -> PartOrigin {
    let mut out = PartOrigin {
        path,
        kind: part.kind,
        range: part.range.clone(),
        metadata: Metadata::default(),
        dependencies: Dependencies::NoneEmbedded,
        broken: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for (_, range) in part.sections.iter().filter(|(name, _)| name.starts_with("custom ")) {
        let reader = BinaryReader::new(bytes.get(range.clone()).unwrap_or_default(), range.start as u64);
        let Ok(section) = CustomSectionReader::new(reader) else { continue };
        if section.name() == DEPENDENCIES {
            out.dependencies = match read_list(section.data(), budget) {
                Ok((list, fault)) => {
                    let broken = fault.map(|why| BrokenSection { name: DEPENDENCIES.to_owned(), why });
                    out.broken.extend(broken);
                    Dependencies::Listed(list)
                }
                Err(why) => Dependencies::Unreadable(why),
            };
            continue;
        }
        if let Some(why) = read_custom(&section, true, &mut out.metadata, &mut seen).broken {
            out.broken.push(BrokenSection { name: section.name().to_owned(), why });
        }
    }
    out.metadata.name = part.name.clone();
    out
}

/// The list as it lies in the file.
#[derive(serde::Deserialize)]
struct List {
    packages: Vec<Package>,
}

#[derive(serde::Deserialize)]
struct Package {
    name: String,
    version: String,
    source: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: bool,
}

/// Unpacks and reads a list; with what is wrong with it if that can be passed over.
fn read_list(packed: &[u8], budget: &mut u64) -> Result<(Vec<Dependency>, Option<String>), String> {
    let most = MAX_LIST.min(*budget);
    let mut text = Vec::new();
    let unpacked = flate2::read::ZlibDecoder::new(packed).take(most + 1).read_to_end(&mut text);
    *budget = budget.saturating_sub(text.len() as u64);
    if text.len() as u64 > most {
        let limit = if most < MAX_LIST { "the lists of this file unpack" } else { "it unpacks" };
        return Err(format!(
            "{limit} to more than is read ({} MiB)",
            if most < MAX_LIST { MAX_LISTS } else { MAX_LIST } >> 20
        ));
    }
    unpacked.map_err(|e| format!("it cannot be unpacked: {e}"))?;
    let list: List = serde_json::from_slice(&text).map_err(|e| format!("it is not a list of packages: {e}"))?;
    let count = list.packages.len();
    let mut stray = 0;
    let packages = list.packages.into_iter().map(|p| {
        let all = p.dependencies.len();
        let needs: Vec<_> = p.dependencies.into_iter().filter(|i| *i < count).collect();
        stray += all - needs.len();
        let is_build = p.kind.as_deref() == Some("build");
        Dependency { name: p.name, version: p.version, source: p.source, is_build, is_root: p.root, needs }
    });
    let packages = packages.collect();
    Ok((packages, (stray > 0).then(|| format!("{stray} of its entries name packages that are not in the list"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{cyclonedx, decode};
    use serde_json::Value;
    use std::collections::HashSet;
    use std::io::Write;

    /// A custom section.
    fn custom(name: &str, data: &[u8]) -> Vec<u8> {
        section(0, &[leb(name.len()), name.as_bytes().to_vec(), data.to_vec()].concat())
    }

    fn section(id: u8, contents: &[u8]) -> Vec<u8> {
        [vec![id], leb(contents.len()), contents.to_vec()].concat()
    }

    fn leb(mut n: usize) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = (n & 0x7f) as u8;
            n >>= 7;
            out.push(if n == 0 { byte } else { byte | 0x80 });
            if n == 0 {
                return out;
            }
        }
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn producers(fields: &[(&str, &[(&str, &str)])]) -> Vec<u8> {
        let text = |t: &str| [leb(t.len()), t.as_bytes().to_vec()].concat();
        let mut out = leb(fields.len());
        for (field, values) in fields {
            out.extend([text(field), leb(values.len())].concat());
            values.iter().for_each(|(name, version)| out.extend([text(name), text(version)].concat()));
        }
        out
    }

    const LIST: &str = r#"{"packages":[
        {"name":"shop","version":"0.3.0","source":"local","root":true,"dependencies":[1,2]},
        {"name":"serde","version":"1.0.229","source":"crates.io","dependencies":[3]},
        {"name":"cc","version":"1.2.0+build.7","source":"crates.io","kind":"build"},
        {"name":"memchr","version":"2.7.5","source":"registry"}]}"#;

    /// A component with metadata, around a module that was built of a list of packages.
    fn with_sections(outer: &[Vec<u8>], inner: &[Vec<u8>]) -> Component {
        let module = [b"\0asm\x01\0\0\0".to_vec(), inner.concat()].concat();
        let bytes = [b"\0asm\x0d\0\x01\0".to_vec(), outer.concat(), section(1, &module)].concat();
        let c = decode("made.wasm", bytes.into());
        assert!(c.diagnostics.iter().all(|d| d.severity != crate::diag::Severity::Error), "{:?}", c.diagnostics);
        c
    }

    /// A component that says all there is to say.
    fn full() -> Component {
        with_sections(
            &[
                custom("authors", b"Ada <ada@example.org>"),
                custom("licenses", b"Apache-2.0 OR MIT"),
                custom("source", b"https://example.org/shop"),
                custom("homepage", b"our page"),
                custom("revision", b"5a1e"),
                custom("version", b"0.3.0"),
                custom("description", b"A shop"),
                custom("producers", &producers(&[("processed-by", &[("wit-component", "0.258.3")])])),
            ],
            &[
                custom(
                    "producers",
                    &producers(&[
                        ("language", &[("Rust", "")]),
                        ("processed-by", &[("rustc", "1.97.0"), ("wit-component", "0.259.0")]),
                    ]),
                ),
                custom(DEPENDENCIES, &packed(LIST.as_bytes())),
            ],
        )
    }

    #[test]
    fn the_language_is_that_of_the_main_module() {
        let language = |name: &str| {
            let path = format!("{}/samples/components/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
            decode(name, std::fs::read(path).unwrap().into()).language()
        };
        for (name, says) in [
            // Its adapter was written in Rust.
            ("fraud-check-cpp", None),
            ("fraud-check-go", Some("Go")),
            ("ledger-rust", Some("Rust")),
            ("checkout-rust", Some("Rust")),
            ("fraud-check-js", None),
            ("adder-wat", None),
            ("fraud-check-c", None),
        ] {
            assert_eq!(language(name).as_deref(), says, "{name}");
        }
    }

    #[test]
    fn every_part_says_its_own() {
        let c = full();
        let found = origin(&c);
        let [outer, inner] = &found.parts[..] else { panic!("{found:?}") };
        assert_eq!((outer.path_text(), inner.path_text()), (String::new(), "0".into()));
        assert_eq!(outer.metadata.licenses.as_deref(), Some("Apache-2.0 OR MIT"));
        assert_eq!(outer.metadata.homepage.as_deref(), Some("our page"));
        assert_eq!(outer.metadata.producers.len(), 1);
        assert_eq!(inner.metadata.producers.len(), 3);
        assert_eq!(inner.metadata.authors, None);
        assert_eq!(outer.dependencies, Dependencies::NoneEmbedded);
        let Dependencies::Listed(list) = &inner.dependencies else { panic!("{inner:?}") };
        assert_eq!(list[0].needs, [1, 2]);
        assert_eq!((list[0].is_root, list[1].is_root, list[2].is_build, list[3].is_build), (true, false, true, false));
        assert_eq!(found.dependencies().filter(|(_, d)| d.matches("serde")).count(), 1);
        assert_eq!(found.dependencies().filter(|(_, d)| d.matches("crates.io")).count(), 2);
        assert!(found.parts.iter().all(|p| p.broken.is_empty() && !p.is_silent()));
        let tools: Vec<_> =
            found.tools.iter().map(|t| format!("{} {} {:?} {:?}", t.field, t.name, t.versions, t.parts)).collect();
        assert_eq!(
            tools,
            [
                "language Rust [] [1]",
                "processed-by rustc [\"1.97.0\"] [1]",
                "processed-by wit-component [\"0.258.3\", \"0.259.0\"] [0, 1]",
            ]
        );
    }

    #[test]
    fn broken_sections_are_labelled_and_the_rest_is_there() {
        let cut_off = &producers(&[("language", &[("Rust", "1.97")]), ("sdk", &[("kit", "2")])])[..25];
        let c = with_sections(
            &[custom("authors", b"\xff\xfe Ada"), custom("version", b"1"), custom("producers", b"\x80")],
            &[custom("producers", cut_off), custom("name", b"\0\x05\x04abc"), custom(DEPENDENCIES, b"not packed")],
        );
        let found = origin(&c);
        let [outer, inner] = &found.parts[..] else { panic!("{found:?}") };
        let names = |p: &PartOrigin| p.broken.iter().map(|b| b.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(outer), ["authors", "producers"], "{outer:?}");
        assert_eq!(outer.metadata.version.as_deref(), Some("1"));
        assert!(outer.metadata.authors.as_ref().unwrap().ends_with(" Ada"));
        assert_eq!(names(inner), ["producers", "name"], "{inner:?}");
        assert_eq!(inner.metadata.producers.len(), 1, "what stands before the fault is kept");
        assert!(matches!(&inner.dependencies, Dependencies::Unreadable(why) if why.contains("unpacked")), "{inner:?}");
    }

    #[test]
    fn a_list_that_unpacks_to_too_much_is_not_read() {
        let bomb = custom(DEPENDENCIES, &packed(&vec![b' '; 64 << 20]));
        assert!(bomb.len() < 128 << 10);
        let found = origin(&with_sections(&[], &[bomb]));
        assert!(
            matches!(&found.parts[1].dependencies, Dependencies::Unreadable(why) if why.contains("2 MiB")),
            "{found:?}"
        );
        // Many lists, each of which would be small enough.
        let list = format!("{}{}", " ".repeat((2 << 20) - LIST.len()), LIST);
        let module = |sections: &[u8]| section(1, &[b"\0asm\x01\0\0\0", sections].concat());
        let one = module(&custom(DEPENDENCIES, &packed(list.as_bytes())));
        let bytes = [b"\0asm\x0d\0\x01\0".to_vec(), one.repeat(12)].concat();
        let found = origin(&decode("many.wasm", bytes.into()));
        let listed = found.parts.iter().filter(|p| matches!(p.dependencies, Dependencies::Listed(_))).count();
        assert_eq!(listed, 8);
        assert!(matches!(&found.parts[12].dependencies, Dependencies::Unreadable(why) if why.contains("16 MiB")));
    }

    #[test]
    fn lists_that_are_wrong_say_how() {
        for (text, says) in [
            ("", "not a list"),
            ("[]", "not a list"),
            (r#"{"packages":[{"name":"a"}]}"#, "missing field `version`"),
            (r#"{"packages":[{"name":"a","version":"1","source":"x","dependencies":[-1]}]}"#, "not a list"),
        ] {
            let found = origin(&with_sections(&[], &[custom(DEPENDENCIES, &packed(text.as_bytes()))]));
            let Dependencies::Unreadable(why) = &found.parts[1].dependencies else { panic!("{text}: {found:?}") };
            assert!(why.contains(says), "{text}: {why}");
        }
        // Circles and strays do no harm.
        let text = r#"{"packages":[{"name":"a","version":"1","source":"x","dependencies":[1,9]},
            {"name":"b","version":"1","source":"x","dependencies":[0]}]}"#;
        let c = with_sections(&[], &[custom(DEPENDENCIES, &packed(text.as_bytes()))]);
        let found = origin(&c);
        assert_eq!(found.dependencies().count(), 2);
        assert!(found.parts[1].broken[0].why.starts_with("1 of its entries"), "{found:?}");
        assert_sound_bill(&cyclonedx(&c, &found));
    }

    /// What every bill must have: the required fields, unique references, and no reference to nowhere.
    fn assert_sound_bill(text: &str) -> Value {
        let bill: Value = serde_json::from_str(text).unwrap();
        assert_eq!((bill["bomFormat"].as_str(), bill["specVersion"].as_str()), (Some("CycloneDX"), Some("1.6")));
        assert_eq!(bill["version"], 1);
        let serial = bill["serialNumber"].as_str().unwrap();
        let uuid =
            regex_lite::Regex::new("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
                .unwrap();
        assert!(uuid.is_match(serial), "{serial}");
        let mut references = HashSet::new();
        for c in bill["components"].as_array().unwrap().iter().chain([&bill["metadata"]["component"]]) {
            assert!(matches!(c["type"].as_str(), Some("application" | "library")), "{c}");
            assert!(c["name"].as_str().is_some_and(|n| !n.is_empty()), "{c}");
            assert!(references.insert(c["bom-ref"].as_str().unwrap().to_owned()), "{c} stands twice");
            for hash in c["hashes"].as_array().into_iter().flatten() {
                assert_eq!(hash["alg"], "SHA-256");
                assert_eq!(hash["content"].as_str().unwrap().len(), 64);
            }
        }
        let mut seen = HashSet::new();
        for node in bill["dependencies"].as_array().unwrap() {
            assert!(seen.insert(node["ref"].as_str().unwrap().to_owned()), "{node} stands twice");
            let list: Vec<_> = node["dependsOn"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len(), "{node}");
            assert!(list.iter().all(|d| references.contains(*d)), "{node}");
        }
        assert_eq!(seen, references);
        for c in bill["compositions"].as_array().into_iter().flatten() {
            assert!(c["dependencies"].as_array().unwrap().iter().all(|d| references.contains(d.as_str().unwrap())));
        }
        bill
    }

    #[test]
    fn the_bill_of_materials_holds_what_the_file_says() {
        let c = full();
        let text = cyclonedx(&c, &origin(&c));
        assert_eq!(text, cyclonedx(&c, &origin(&c)), "it is the same each time");
        let bill = assert_sound_bill(&text);
        let main = &bill["metadata"]["component"];
        assert_eq!(main["hashes"][0]["content"], c.digest.to_string());
        assert_eq!(main["licenses"][0]["expression"], "Apache-2.0 OR MIT");
        assert_eq!(main["externalReferences"].as_array().unwrap().len(), 1, "a homepage that is no link is none");
        let module = &bill["components"][0];
        let bytes = &c.bytes[c.root.children[0].range.clone()];
        assert_eq!(module["hashes"][0]["content"], crate::component::Digest::of(bytes).to_string());
        let package = |name: &str| bill["components"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap();
        assert_eq!(package("serde")["purl"], "pkg:cargo/serde@1.0.229");
        assert_eq!(package("cc")["purl"], "pkg:cargo/cc@1.2.0%2Bbuild.7");
        assert_eq!((&package("cc")["scope"], &package("shop")["scope"]), (&"excluded".into(), &"required".into()));
        assert_eq!(package("memchr").get("purl"), None, "another registry's package is not named as one of crates.io");
        let node = |name: &str| {
            bill["dependencies"].as_array().unwrap().iter().find(|d| d["ref"] == name).unwrap()["dependsOn"].clone()
        };
        assert_eq!(node("file"), serde_json::json!(["file/0"]));
        assert_eq!(node("file/0"), serde_json::json!(["file/0/package-0"]));
        assert_eq!(bill["compositions"][0]["dependencies"], serde_json::json!(["file"]));
    }

    #[test]
    fn hostile_text_is_visible_in_the_bill() {
        let c = with_sections(
            &[
                custom("licenses", "no\u{202e}ne".as_bytes()),
                custom("source", b"javascript:alert(1)"),
                custom("version", b"1\n2"),
            ],
            &[],
        );
        let bill = assert_sound_bill(&cyclonedx(&c, &origin(&c)));
        let main = &bill["metadata"]["component"];
        assert_eq!(main["licenses"][0]["license"]["name"], "no\\u{202e}ne");
        assert_eq!(main["version"], "1\\n2");
        assert_eq!(main.get("externalReferences"), None);
    }

    #[test]
    fn samples_have_sound_bills() {
        for file in ["adder-wat", "shop-composed", "wordcount-rust", "fraud-check-cpp"] {
            let path = format!("{}/samples/components/{file}.wasm", env!("CARGO_MANIFEST_DIR"));
            let c = decode(file, std::fs::read(path).unwrap().into());
            let found = origin(&c);
            assert!(found.parts.iter().all(|p| p.broken.is_empty()), "{file}: {found:?}");
            let bill = assert_sound_bill(&cyclonedx(&c, &found));
            let is_program = file == "wordcount-rust";
            let word = if is_program { "application" } else { "library" };
            assert_eq!(bill["metadata"]["component"]["type"], word, "{file}");
        }
    }
}
