//! Each fixture in `fixtures` in each language, compared with `fixtures/<world>.<language>.txt`; to write these anew:
//! `UPDATE_EXPECTED=1 cargo test --lib spelling`, then look at what changed. Where a compiler of the language is on the
//! machine it reads the outcome too.

use super::*;
use crate::component::tests::component;
use crate::component::{Case, Field, Label};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const KITCHEN: &str = include_str!("fixtures/kitchen.wit");
const MODERN: &str = include_str!("fixtures/modern.wit");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/component/spelling/fixtures")
}

/// A fixture's component, with the documentation of its WIT, which components as built today do not hold.
fn fixture(world: &str) -> Component {
    let wit = if world == "kitchen" { KITCHEN } else { MODERN };
    let mut out = component(wit, world);
    let mut resolve = wit_parser::Resolve { all_features: true, ..wit_parser::Resolve::default() };
    resolve.push_str("test.wit", wit).unwrap();
    let mut docs = HashMap::new();
    let mut put = |path: String, d: &wit_parser::Docs| {
        if let Some(text) = &d.contents {
            docs.insert(path, text.clone());
        }
    };
    for (_, def) in resolve.types.iter() {
        let name = def.name.clone().unwrap_or_default();
        put(name.clone(), &def.docs);
        match &def.kind {
            wit_parser::TypeDefKind::Record(r) => {
                r.fields.iter().for_each(|f| put(format!("{name}.{}", f.name), &f.docs));
            }
            wit_parser::TypeDefKind::Variant(v) => {
                v.cases.iter().for_each(|c| put(format!("{name}.{}", c.name), &c.docs));
            }
            wit_parser::TypeDefKind::Enum(e) => e.cases.iter().for_each(|c| put(format!("{name}.{}", c.name), &c.docs)),
            wit_parser::TypeDefKind::Flags(f) => {
                f.flags.iter().for_each(|c| put(format!("{name}.{}", c.name), &c.docs))
            }
            _ => {}
        }
    }
    for f in resolve.interfaces.iter().flat_map(|(_, i)| i.functions.values()) {
        put(f.name.clone(), &f.docs);
    }
    for def in &mut Arc::make_mut(&mut out.types).defs {
        let name = def.name.clone().unwrap_or_default();
        let is_alias = matches!(def.kind, TypeKind::Alias(_));
        def.docs = docs.get(&name).cloned().filter(|_| !is_alias);
        let get = |member: &str| docs.get(&format!("{name}.{member}")).cloned();
        match &mut def.kind {
            TypeKind::Record(fields) => fields.iter_mut().for_each(|f: &mut Field| f.docs = get(&f.name)),
            TypeKind::Variant(cases) => cases.iter_mut().for_each(|c: &mut Case| c.docs = get(&c.name)),
            TypeKind::Enum(labels) | TypeKind::Flags(labels) => {
                labels.iter_mut().for_each(|l: &mut Label| l.docs = get(&l.name));
            }
            _ => {}
        }
    }
    for e in out.imports.iter_mut().chain(&mut out.exports) {
        if let Item::Interface(i) = &mut e.item {
            i.functions.iter_mut().for_each(|f| f.docs = docs.get(&f.name).cloned());
        }
    }
    out
}

/// All sections, each interface once: by its module's path and text.
fn spelled(component: &Component, language: Language) -> Vec<(Section<'_>, Spelling)> {
    let mut seen = HashSet::new();
    sections(component)
        .into_iter()
        .filter(|s| s.interface.is_none() || seen.insert(s.interface))
        .map(|s| (s.clone(), spell(component, language, &s)))
        .collect()
}

#[test]
fn fixtures_are_spelled_as_expected() {
    for world in ["kitchen", "modern"] {
        let c = fixture(world);
        assert!(c.diagnostics.is_empty(), "{:?}", c.diagnostics);
        for language in Language::ALL {
            let mut found = String::new();
            for (section, spelling) in spelled(&c, language) {
                assert!(!spelling.shortened, "{section:?}");
                found += &format!("==== {} {}\n", section.kind.verb(), section.interface.unwrap_or("the world's own"));
                found += &spelling.text(language);
            }
            let path = folder().join(format!("{world}.{}.txt", language.word()));
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                std::fs::write(&path, &found).unwrap();
                continue;
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
            let line = expected.lines().zip(found.lines()).position(|(e, f)| e != f).unwrap_or(usize::MAX);
            assert!(
                expected == found,
                "{} differs from line {}: {:?}\nIf that is better: UPDATE_EXPECTED=1 cargo test --lib spelling",
                path.display(),
                line.saturating_add(1),
                found.lines().nth(line),
            );
        }
    }
}

#[test]
fn items_stand_beside_their_wit() {
    let c = fixture("kitchen");
    let sections = sections(&c);
    let names: Vec<_> = sections.iter().map(|s| (s.kind, s.interface)).collect();
    assert_eq!(
        names,
        [
            (SectionKind::Import, Some("wares:kitchen/store@1.2.0")),
            (SectionKind::Import, None),
            (SectionKind::Export, Some("wares:kitchen/sink@1.2.0")),
            (SectionKind::Export, Some("inline")),
            (SectionKind::Export, None),
        ]
    );
    for language in Language::ALL {
        let store = spell(&c, language, &sections[0]);
        assert_eq!(
            store.items.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(),
            ["bucket", "failure", "entry", "open"]
        );
        for item in &store.items {
            assert!(item.wit.contains(&item.name) && !item.text.is_empty(), "{item:?}");
        }
        let bucket = &store.items[0];
        assert!(
            bucket.wit.contains("merge: static func(") && bucket.whole().to_lowercase().contains("merge"),
            "{bucket:?}"
        );
        assert!(bucket.whole().contains("Looks up a thing."), "{bucket:?}");
    }
}

#[test]
fn a_wit_package_is_spelled_with_its_documentation() {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("test.wit", KITCHEN).unwrap();
    let c = crate::component::decode("kitchen.wasm", wit_component::encode(&resolve, package).unwrap().into());
    let all = sections(&c);
    let store = all.iter().find(|s| s.interface == Some("wares:kitchen/store@1.2.0")).unwrap();
    assert_eq!(store.kind, SectionKind::Package);
    let text = spell(&c, Language::Go, store).text(Language::Go);
    assert!(text.contains("// Looks up a thing.\nfunc (self *Bucket) Get(key string)"), "{text}");
    let own: Vec<_> = all.iter().filter(|s| s.world == Some("wares:kitchen/kitchen@1.2.0")).collect();
    assert_eq!(own.iter().map(|s| s.kind).collect::<Vec<_>>(), [SectionKind::Import, SectionKind::Export]);
    let text = spell(&c, Language::Go, own[0]).text(Language::Go);
    assert!(text.contains("func Log(message string, level witTypes.Option[WorldRecord])"), "{text}");
}

/// Runs a compiler on a text; says so and does nothing where there is none.
fn compile(program: &str, arguments: &[&str], file: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::write(&path, text).unwrap();
    let Ok(output) = Command::new(program).args(arguments).arg(&path).current_dir(folder.path()).output() else {
        println!("skipped: there is no {program} on this machine");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}\n{text}");
}

/// What the bindings of a guest have from their library.
const RUST_LIBRARY: &str = "
    #![allow(dead_code, unused)]
    macro_rules! bitflags {
        ($(#[$m:meta])* pub struct $name:ident: $int:ty { $($(#[$n:meta])* const $flag:ident = $value:expr;)* }) => {
            pub struct $name { bits: $int }
            impl $name { $($(#[$n])* pub const $flag: $int = $value;)* }
        };
    }
    extern crate self as wit_bindgen;
    pub mod rt {
        pub struct Map<K, V>(K, V);
        pub mod async_support {
            pub struct StreamReader<T>(T);
            pub struct FutureReader<T>(T);
            pub struct ErrorContext;
        }
    }
    ";

#[test]
fn rust_compiles() {
    for world in ["kitchen", "modern"] {
        let c = fixture(world);
        let mut text = RUST_LIBRARY.to_owned();
        // One `mod` of a name holds all that is within it.
        let mut tree = Vec::new();
        for (section, spelling) in spelled(&c, Language::Rust) {
            let path = spelling.head.strip_prefix("// Module ").map(|p| p.split("::").map(str::to_owned).collect());
            let path: Vec<String> = path.unwrap_or_default();
            assert_eq!(path.is_empty(), section.interface.is_none());
            tree.push((path, spelling.text(Language::Rust)));
        }
        tree.sort();
        let mut open: Vec<String> = Vec::new();
        for (path, spelled) in tree {
            while !path.starts_with(&open) {
                open.pop();
                text += "}\n";
            }
            for part in &path[open.len()..] {
                text += &format!("pub mod {part} {{\n");
                open.push(part.clone());
            }
            for line in spelled.lines() {
                match line.trim_start().starts_with("pub fn ") || line.trim_start().starts_with("pub async fn ") {
                    true => text += &format!("{} {{ unimplemented!() }}\n", line.strip_suffix(';').unwrap()),
                    false => text += &format!("{line}\n"),
                }
            }
        }
        text += &"}\n".repeat(open.len());
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        compile(&rustc, &["--edition=2024", "--crate-type=lib", "--emit=metadata"], "spelled.rs", &text);
    }
}

#[test]
fn python_compiles() {
    for world in ["kitchen", "modern"] {
        for (_, spelling) in spelled(&fixture(world), Language::Python) {
            compile("python3", &["-m", "py_compile"], "spelled.py", &spelling.text(Language::Python));
        }
    }
}

#[test]
fn c_compiles() {
    for world in ["kitchen", "modern"] {
        let c = fixture(world);
        // Interfaces share some types, and each section defines what it needs.
        let mut seen = HashSet::new();
        let mut text = String::new();
        for (_, spelling) in spelled(&c, Language::C) {
            for block in spelling.text(Language::C).split("\n\n") {
                if !block.contains("typedef") || seen.insert(block.trim().to_owned()) {
                    text += &format!("{block}\n\n");
                }
            }
        }
        for language in ["c", "c++"] {
            compile("gcc", &["-fsyntax-only", "-Wall", "-x", language], "spelled.h", &text);
        }
    }
}

#[test]
fn go_parses() {
    for world in ["kitchen", "modern"] {
        for (_, spelling) in spelled(&fixture(world), Language::Go) {
            compile("gofmt", &["-l"], "spelled.go", &spelling.text(Language::Go));
        }
    }
}

/// All that is spelled of a component, as one text.
fn all(c: &Component, language: Language) -> String {
    sections(c).iter().map(|s| spell(c, language, s).text(language)).collect()
}

#[test]
fn words_of_a_language_and_equal_names_are_told_apart() {
    let wit = "package t:p;
        interface i {
            record shape-dot { a: u8 }
            variant shape { dot(u8) }
            resource thing { constructor(self-thing: u8); make: static func(cls: u8, ret: string) -> result<u8, u8>; }
            record make-thing { default: u8, try: u8 }
            none: func(lambda: string, %package: string, template: string, err: string);
            yield: func() -> result<string, string>;
            variant choice { none, %type(choice-kind) }
            flags choice-kind { %static }
            resource attempt { constructor() -> result<attempt, string>; new: static func(); }
        }
        world w { export i; }";
    let c = component(wit, "w");
    for (language, words) in [
        (Language::Rust, vec!["try_: u8", "pub fn yield_(", "pub fn new() -> Result<Self, String>;"]),
        (
            Language::TypeScript,
            vec![
                "ShapeDot_",
                "package_: string",
                "_yield as yield",
                "default: number",
                "static 'new'(): void;",
                " static?: boolean",
            ],
        ),
        (Language::Python, vec!["lambda_: str", "cls_: int", "def yield_(", "class Choice_None_:", "Choice_Type:"]),
        (Language::C, vec!["default_;", "root_string_t *err_", "root_string_t *template_"]),
        (Language::Go, vec!["ShapeDot_", "MakeThing_", "package_ string"]),
    ] {
        let text = all(&c, language);
        for word in words {
            assert!(text.contains(word) || text.contains(&word.replace("default:", "'default':")), "{word}: {text}");
        }
    }
}

#[test]
fn two_versions_of_a_package_have_modules_of_their_own() {
    let wat = r#"(component
        (import "a:b/x@1.0.0" (instance (export "t" (type (sub resource)))))
        (import "a:b/x@2.0.0-rc.1" (instance (export "t" (type (sub resource))))))"#;
    let c = crate::component::decode("v.wat", wat.as_bytes().into());
    for (language, modules) in [
        (Language::Rust, ["a::b1_0_0::x", "a::b2_0_0_rc_1::x"]),
        (Language::Python, ["imports.a_b_x_1_0_0", "imports.a_b_x_2_0_0_rc_1"]),
        (Language::C, ["a_b_1_0_0_x_", "a_b_2_0_0_rc_1_x_"]),
        (Language::Go, ["package a_b_1_0_0_x", "package a_b_2_0_0_rc_1_x"]),
    ] {
        let text = all(&c, language);
        assert!(modules.iter().all(|m| text.contains(m)), "{modules:?}: {text}");
    }
}

#[test]
fn shared_and_huge_types_stay_short() {
    let mut wat = "(component (type $t0 (tuple u8 string))".to_owned();
    for i in 1..15 {
        wat += &format!("(type $t{i} (tuple $t{p} $t{p}))", p = i - 1);
    }
    wat += "(import \"f\" (func (param \"x\" $t14) (result (list u8 1000000000))))";
    wat += "(import \"g\" (func (param \"x\" $t13) (result (tuple";
    wat += &" u8".repeat(9000);
    wat += "))))";
    for i in 0..15 {
        wat += &format!("(type $b{i} (list $t{i})) (import \"h{i}\" (func (param \"x\" $b{i})))");
    }
    wat += ")";
    let c = crate::component::decode("dag.wat", wat.as_bytes().into());
    assert_eq!(c.imports.len(), 17, "{:?}", c.diagnostics);
    for language in Language::ALL {
        let section = &sections(&c)[0];
        let spelling = spell(&c, language, section);
        assert!(spelling.shortened, "{language:?}");
        let text = spelling.text(language);
        assert!(text.len() < 600_000, "{language:?}: {}", text.len());
        assert!(text.contains("This is shortened"));
    }
}

#[test]
fn many_items_end_with_a_word() {
    let mut wat = "(component".to_owned();
    for i in 0..MAX_ITEMS + 10 {
        wat += &format!("(import \"f{i}\" (func (param \"x\" u8)))");
    }
    let c = crate::component::decode("many.wat", (wat + ")").as_bytes().into());
    for language in Language::ALL {
        let spelling = spell(&c, language, &sections(&c)[0]);
        assert!(spelling.items.len() == MAX_ITEMS && spelling.shortened, "{language:?}");
    }
}

#[test]
fn documentation_never_ends_its_comment() {
    let mut c = fixture("kitchen");
    let evil = "ends */ here \"\"\" and there\\\nlast line \\\n//go:linkname \u{202e}x";
    for def in &mut Arc::make_mut(&mut c.types).defs {
        def.docs = Some(evil.to_owned());
    }
    for language in Language::ALL {
        let text = all(&c, language);
        assert!(!text.contains('\u{202e}'), "{text}");
        match language {
            Language::TypeScript => assert!(!text.contains("ends */")),
            Language::Python => {
                for s in sections(&c) {
                    compile("python3", &["-m", "py_compile"], "evil.py", &spell(&c, language, &s).text(language));
                }
            }
            Language::C => assert!(text.lines().all(|line| !line.ends_with('\\'))),
            Language::Go => assert!(!text.contains("\n//go:")),
            Language::Rust => {}
        }
    }
}

#[test]
fn samples_are_spelled_in_all_languages() {
    for file in ["toolbox-rust.wasm", "ledger-rust.wasm", "greeter-http-rust.wasm", "stock-rust.wasm"] {
        let path = format!("{}/samples/components/{file}", env!("CARGO_MANIFEST_DIR"));
        let c = crate::component::decode(file, std::fs::read(path).unwrap().into());
        for language in Language::ALL {
            for section in sections(&c) {
                let spelling = spell(&c, language, &section);
                assert!(
                    !spelling.shortened && !spelling.text(language).contains('…'),
                    "{file} {language:?} {section:?}"
                );
            }
        }
    }
}
