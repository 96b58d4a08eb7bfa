use super::*;
use crate::component::tests::{component, encode, package};
use crate::component::{Kind, Stability, decode, used_imports};
use std::sync::Arc;

fn toolbox() -> Component {
    let wit = std::fs::read_to_string(format!("{}/wit/toolbox/toolbox.wit", env!("CARGO_MANIFEST_DIR"))).unwrap();
    component(&wit, "toolbox-full")
}

/// Every use as `owner#name: role`, with the interface's own name only.
fn uses(component: &Component, of: &str) -> Vec<String> {
    let uses = where_used(component);
    let [id] = uses.find_types(component, of)[..] else { panic!("{of}: not one type") };
    let words = uses.of(id, &component.types, usize::MAX).into_iter().map(|found| {
        let words = component.use_words(&found);
        let owner = words.owner.unwrap_or_default();
        let own = owner.rsplit('/').next().unwrap().split('@').next().unwrap().to_owned();
        let via = found.via.map(|_| " (other name)").unwrap_or_default();
        format!("{own}#{}: {}{via}", words.by, words.role)
    });
    words.collect()
}

#[test]
fn every_use_of_a_type_is_found_once() {
    let toolbox = toolbox();
    assert_eq!(uses(&toolbox, "point"), ["kitchen-sink#shape: case polygon"], "through a list");
    assert_eq!(uses(&toolbox, "shape"), ["kitchen-sink#area: parameter s"]);
    assert_eq!(
        uses(&toolbox, "kitchen-sink#perms"),
        ["kitchen-sink#describe: parameter p", "kitchen-sink#invert: parameter p", "kitchen-sink#invert: result"]
    );
    assert_eq!(uses(&toolbox, "grid"), ["echo#echo-grid: parameter v", "echo#echo-grid: result"]);
    assert_eq!(
        uses(&toolbox, "echo#day"),
        [
            "echo#echo-day: parameter v",
            "echo#echo-day: result",
            "puzzles#day-after: parameter d (other name)",
            "puzzles#day-after: result (other name)",
            "echo#article: field available",
            "puzzles#day: another name",
        ],
        "under another name, and in a result in a field"
    );
    assert_eq!(
        uses(&toolbox, "techbytes:toolbox/puzzles@0.1.0#day"),
        ["puzzles#day-after: parameter d", "puzzles#day-after: result"]
    );
    assert_eq!(uses(&toolbox, "complaint"), ["puzzles#parse: result"]);
}

#[test]
fn a_resource_has_members_and_users_of_its_handles() {
    let toolbox = toolbox();
    let all = where_used(&toolbox);
    let bag = all.find_types(&toolbox, "bag")[0];
    let mut names: Vec<_> = all.members(bag).map(|at| toolbox.function_at(at).unwrap().1.name.clone()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "[constructor]bag",
            "[method]bag.add",
            "[method]bag.equals",
            "[method]bag.split",
            "[method]bag.take",
            "[method]bag.words",
            "[static]bag.merge",
            "[static]bag.parse",
        ]
    );
    assert_eq!(
        uses(&toolbox, "bag"),
        [
            "bags#bag.parse: result, owned",
            "bags#bag.merge: parameter a, borrowed",
            "bags#bag.merge: parameter b, borrowed",
            "bags#bag.merge: result, owned",
            "bags#bag.split: result, owned",
            "bags#bag.equals: parameter other, borrowed",
            "bags#swallow: parameter b, owned",
            "bags#total: parameter bags, borrowed",
            "bags#larger: parameter a, owned",
            "bags#larger: parameter b, owned",
            "bags#larger: result, owned",
            "bags#several: result, owned",
            "bags#maybe: result, owned",
        ]
    );
    assert_eq!(all.home(bag), Some(ExternAt { list: List::Exports, index: 3 }));
}

#[test]
fn everything_with_a_name_is_listed() {
    let toolbox = toolbox();
    let uses = where_used(&toolbox);
    let count = |which: fn(&Named) -> bool| uses.named().iter().filter(|n| which(n)).count();
    assert_eq!(count(|n| matches!(n, Named::Interface(_))), 4);
    let functions: usize = toolbox.exports.iter().map(|e| e.functions().len()).sum();
    assert_eq!(count(|n| matches!(n, Named::Function(_))), functions);
    let types = toolbox.types.defs.iter().filter(|d| d.name.is_some()).count();
    assert_eq!(count(|n| matches!(n, Named::Type(_))), types);
}

#[test]
fn imported_functions_that_are_never_called_are_known() {
    let file = format!("{}/samples/components/ledger-rust.wasm", env!("CARGO_MANIFEST_DIR"));
    let ledger = decode("ledger.wasm", std::fs::read(file).unwrap().into());
    let imports = ImportUses::new(&ledger, Arc::new(used_imports(&ledger)));
    for at in ledger.extern_places().filter(|at| at.list == List::Imports) {
        let found = ledger.extern_at(at).unwrap();
        let of = imports.import(at).unwrap();
        assert_eq!(of.name, found.name);
        let places = (0..).map(|index| FunctionAt { owner: at, index });
        for (place, function) in places.zip(found.functions()) {
            assert_eq!(imports.is_unused(place), of.unused.contains(&function.name), "{}", function.name);
        }
    }
    assert!(imports.import(ExternAt { list: List::Exports, index: 0 }).is_none());
}

/// An anonymous type that doubles with each level: a tree of it would have 2^60 leaves.
#[test]
fn shared_types_are_walked_once() {
    let mut types = String::from("record leaf { x: u8 }\n type t0 = tuple<leaf, leaf>;\n");
    for i in 1..12 {
        types += &format!("type t{i} = tuple<t{0}, t{0}>;\n", i - 1);
    }
    let wit =
        format!("package a:b;\ninterface i {{ {types} f: func(x: t11) -> option<t11>; }}\nworld w {{ export i; }}");
    let deep = component(&wit, "w");
    assert_eq!(uses(&deep, "leaf"), ["i#t0: part"]);
    assert_eq!(uses(&deep, "t10"), ["i#t11: part"]);
    assert_eq!(uses(&deep, "t11"), ["i#f: parameter x", "i#f: result"]);

    // The same without names, which no WIT text can say: each type without a name is met once.
    let mut table = TypeTable::default();
    let def = |name: Option<&str>, kind| crate::component::TypeDef {
        name: name.map(str::to_owned),
        owner: None,
        docs: None,
        stability: None,
        kind,
    };
    table.defs.push(def(Some("leaf"), TypeKind::Record(Vec::new())));
    for i in 0..60 {
        table.defs.push(def(None, TypeKind::Tuple(vec![Type::Def(TypeId(i)); 2])));
    }
    table.defs.push(def(Some("top"), TypeKind::List(Type::Def(TypeId(60)))));
    let mut shared = deep;
    shared.types = Arc::new(table);
    shared.exports.clear();
    assert_eq!(uses(&shared, "leaf"), ["#top: part"]);
}

#[test]
fn ten_thousand_functions_and_types_are_looked_up_at_once() {
    let types: String = (0..10_000).map(|i| format!("record r{i} {{ x: list<u8>, y: t }}\n")).collect();
    let functions: String = (0..10_000).map(|i| format!("fun{i}: func(x: r{i}) -> t;\n")).collect();
    let wit = format!("package a:b;\ninterface i {{ enum t {{ a }}\n{types}{functions} }}");
    let huge = decode("huge.wasm", package(&wit).into());
    assert_eq!(huge.kind, Kind::WitPackage, "{:?}", huge.diagnostics);
    let all = where_used(&huge);
    let t = all.find_types(&huge, "i#t")[0];
    assert_eq!(all.of(t, &huge.types, usize::MAX).len(), 20_000);
    assert_eq!(all.of(t, &huge.types, 300).len(), 300);
    assert_eq!(all.named().len(), 1 + 1 + 20_000);
}

const GATED: &str = "/// About the package.
package shop:till@1.4.0;
    /// Where money goes.
    @since(version = 1.0.0)
    interface till {
        /// A drawer.
        @since(version = 1.1.0)
        @deprecated(version = 1.3.0)
        resource drawer {
            /// A new one.
            @since(version = 1.1.0)
            constructor();
            /// Opens it.
            @unstable(feature = slide)
            open: func();
        }
        /// A coin.
        @unstable(feature = coins)
        record coin {
            /// In cents.
            value: u32
        }
        /// Counts *all* of it.
        @since(version = 1.2.0)
        count: func() -> u64;
        use names.{name};
        whose: func() -> name;
    }
    /// Names.
    interface names { type name = string; }
    /// A shop that has a till.
    @since(version = 1.0.0)
    world shop {
        import till;
        /// Opens the shop.
        @since(version = 1.2.0)
        export open: func() -> bool;
        import inner: interface { ring: func(); }
    }";

fn stable(since: &str, deprecated: Option<&str>) -> Option<Box<Stability>> {
    Some(Box::new(Stability { since: Some(since.into()), unstable: None, deprecated: deprecated.map(str::to_owned) }))
}

fn unstable(feature: &str) -> Option<Box<Stability>> {
    Some(Box::new(Stability { unstable: Some(feature.into()), ..Stability::default() }))
}

#[test]
fn a_wit_package_shows_its_interfaces_and_worlds_with_docs_and_stability() {
    let till = decode("till.wasm", package(GATED).into());
    assert_eq!(till.kind, Kind::WitPackage);
    assert_eq!(till.docs.as_deref(), Some("About the package."));
    let names: Vec<_> = till.interfaces.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["shop:till/names@1.4.0", "shop:till/till@1.4.0", "inner"]);
    let interface = &till.interfaces[1];
    assert_eq!(interface.docs.as_deref(), Some("Where money goes."));
    assert_eq!(interface.stability, stable("1.0.0", None));
    let all = where_used(&till);
    let ty = |name: &str| till.types.get(all.find_types(&till, name)[0]).unwrap();
    assert_eq!(
        (ty("drawer").docs.as_deref(), &ty("drawer").stability),
        (Some("A drawer."), &stable("1.1.0", Some("1.3.0")))
    );
    assert_eq!(ty("coin").stability, unstable("coins"));
    let TypeKind::Record(fields) = &ty("coin").kind else { panic!() };
    assert_eq!(fields[0].docs.as_deref(), Some("In cents."));
    let function = |name: &str| interface.functions().iter().find(|f| f.name == name).unwrap();
    assert_eq!(function("count").stability, stable("1.2.0", None));
    assert_eq!(function("[method]drawer.open").stability, unstable("slide"));

    let [shop] = &till.worlds[..] else { panic!("one world") };
    assert_eq!((shop.name.as_str(), shop.docs.as_deref()), ("shop:till/shop@1.4.0", Some("A shop that has a till.")));
    let imported = shop.imports.iter().map(|i| match i {
        WorldItem::Interface(i) => till.interfaces[*i].name.as_str(),
        WorldItem::Own(own) => own.name.as_str(),
    });
    let imported = imported.collect::<Vec<_>>();
    assert!(imported.contains(&"shop:till/till@1.4.0") && imported.contains(&"inner"), "{imported:?}");
    let [WorldItem::Own(open)] = &shop.exports[..] else { panic!("{:?}", shop.exports) };
    assert_eq!((open.name.as_str(), open.docs.as_deref()), ("open", Some("Opens the shop.")));
    assert_eq!(open.stability, stable("1.2.0", None));

    let text = till.type_text(all.find_types(&till, "drawer")[0]);
    assert_eq!(
        text,
        "/// A drawer.\n@since(version = 1.1.0)\n@deprecated(version = 1.3.0)\nresource drawer {\n  /// A new one.\n  \
         @since(version = 1.1.0)\n  constructor();\n  /// Opens it.\n  @unstable(feature = slide)\n  open: func();\n}"
    );
}

/// What a `package-docs` section can say about a component: its own functions, and the imports and exports as such. The
/// decoder has no place for what it would say about the inside of another package's interface.
#[test]
fn a_component_with_a_documentation_section_shows_it() {
    let wit = "package a:b; interface i { ping: func(); } world w { import i; export run: func() -> u8; }";
    let docs = r#"{"worlds":{"root":{"docs":"The whole.",
        "func_exports":{"run":{"docs":"Runs `it`.","stability":{"stable":{"since":"1.2.0","deprecated":"1.3.0"}}}},
        "interface_import_docs":{"a:b/i":"Where pings go."},
        "interface_import_stability":{"a:b/i":{"unstable":{"feature":"pings"}}}}}}"#;
    let mut bytes = encode(wit, "w");
    let section =
        wasm_encoder::CustomSection { name: "package-docs".into(), data: [&[1], docs.as_bytes()].concat().into() };
    wasm_encoder::Section::append_to(&section, &mut bytes);
    let shown = decode("a.wasm", bytes.into());
    assert!(shown.diagnostics.is_empty(), "{:?}", shown.diagnostics);
    assert_eq!(shown.docs.as_deref(), Some("The whole."));
    assert_eq!(shown.imports[0].docs.as_deref(), Some("Where pings go."));
    assert_eq!(shown.imports[0].stability, unstable("pings"));
    assert_eq!(shown.exports[0].docs.as_deref(), Some("Runs `it`."));
    assert_eq!(shown.exports[0].stability, stable("1.2.0", Some("1.3.0")));
    let Item::Function(run) = &shown.exports[0].item else { panic!() };
    assert_eq!(run.stability, stable("1.2.0", Some("1.3.0")));
}
