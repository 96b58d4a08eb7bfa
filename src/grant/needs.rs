//! What components ask the host for, by capability.

use super::policy::why_not_provided;
use super::{Capability, Policy, policy};
use crate::component::{Component, Extern, Item, TypeKind};
use std::collections::{BTreeMap, BTreeSet};

/// Something that a component asks the host for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The capability that covers it.
    pub capability: Capability,
    /// The imports that ask, by full name, sorted.
    pub interfaces: Vec<String>,
    /// The instances (or the one component) that ask, sorted.
    pub asked_by: Vec<String>,
}

/// An import that no grant can satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotProvided {
    /// The import's full name.
    pub import: String,
    /// The instances (or the one component) that ask, sorted.
    pub asked_by: Vec<String>,
    /// Why not, and what to do, in one sentence.
    pub why: String,
}

/// What these components ask the host for, one [`Need`] per capability, in the order of [`Capability::ALL`].
///
/// Takes the name each is known by, and only those imports that no wire satisfies. An interface of which only types are
/// imported asks for nothing.
pub fn needs<'a>(asking: impl IntoIterator<Item = (&'a str, &'a Component, Vec<&'a Extern>)>) -> Vec<Need> {
    let mut found: BTreeMap<Capability, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for (name, _, imports) in asking {
        for import in imports {
            for function in import.functions() {
                if let Policy::Grant(capability) = policy(&import.name, &function.name) {
                    let (interfaces, asked_by) = found.entry(capability).or_default();
                    interfaces.insert(&import.name);
                    asked_by.insert(name);
                }
            }
        }
    }
    Capability::ALL
        .into_iter()
        .filter_map(|capability| {
            let (interfaces, asked_by) = found.remove(&capability)?;
            Some(Need { capability, interfaces: owned(&interfaces), asked_by: owned(&asked_by) })
        })
        .collect()
}

/// The imports that the host does not provide and no grant can satisfy, sorted by name: they must be wired.
///
/// Takes the same as [`needs`].
pub fn not_provided<'a>(
    asking: impl IntoIterator<Item = (&'a str, &'a Component, Vec<&'a Extern>)>,
) -> Vec<NotProvided> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, component, imports) in asking {
        for import in imports {
            let missing = import.functions().iter().any(|f| policy(&import.name, &f.name) == Policy::NotProvided)
                || (policy(&import.name, "") == Policy::NotProvided && has_resource(component, import));
            if missing {
                found.entry(&import.name).or_default().insert(name);
            }
        }
    }
    found
        .into_iter()
        .map(|(import, by)| NotProvided {
            import: import.to_owned(),
            asked_by: owned(&by),
            why: why_not_provided(import),
        })
        .collect()
}

/// Whether the import defines a resource: that must come from somewhere even if no function is imported with it.
fn has_resource(component: &Component, import: &Extern) -> bool {
    let types = match &import.item {
        Item::Interface(interface) => interface.types.as_slice(),
        Item::Type(ty) => std::slice::from_ref(ty),
        Item::Function(_) => &[],
    };
    types.iter().any(|t| matches!(component.types.get(*t).map(|d| &d.kind), Some(TypeKind::Resource)))
}

fn owned(set: &BTreeSet<&str>) -> Vec<String> {
    set.iter().map(|s| (*s).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{
        Digest, Function, FunctionKind, Interface, Kind, Metadata, Part, PartKind, TypeDef, TypeId, TypeTable,
    };
    use std::sync::Arc;

    fn import(name: &str, functions: &[&str], types: Vec<TypeId>) -> Extern {
        let functions = functions
            .iter()
            .map(|name| Function {
                name: (*name).to_owned(),
                docs: None,
                stability: None,
                kind: FunctionKind::Freestanding,
                is_async: false,
                params: Vec::new(),
                result: None,
            })
            .collect();
        Extern {
            name: name.to_owned(),
            docs: None,
            stability: None,
            item: Item::Interface(Interface { types, functions, inside: Vec::new() }),
        }
    }

    fn component(imports: Vec<Extern>) -> Component {
        let resource =
            TypeDef { name: Some("r".into()), owner: None, docs: None, stability: None, kind: TypeKind::Resource };
        let root = Part { kind: PartKind::Component, name: None, range: 0..0, sections: vec![], children: vec![] };
        Component {
            name: "c".into(),
            digest: Digest::of(b""),
            bytes: Arc::from([]),
            kind: Kind::Component,
            imports,
            exports: Vec::new(),
            beyond: Vec::new(),
            interfaces: Vec::new(),
            worlds: Vec::new(),
            docs: None,
            types: Arc::new(TypeTable { defs: vec![resource] }),
            wit: None,
            root,
            metadata: Metadata::default(),
            diagnostics: Vec::new(),
            gaps: Vec::new(),
        }
    }

    #[test]
    fn needs_are_grouped_by_capability_and_name_who_asks() {
        let a = component(vec![
            import("wasi:random/random@0.2.0", &["get-random-u64"], vec![]),
            import("wasi:cli/environment@0.2.0", &["get-environment", "get-arguments"], vec![]),
            import("wasi:io/streams@0.2.0", &["x"], vec![TypeId(0)]),
        ]);
        let b = component(vec![
            import("wasi:random/insecure@0.2.3", &["get-insecure-random-u64"], vec![]),
            import("wasi:filesystem/types@0.2.0", &[], vec![TypeId(0)]),
        ]);
        let asking = || [("b", &b, b.imports.iter().collect()), ("a", &a, a.imports.iter().collect())];
        let environment = vec!["wasi:cli/environment@0.2.0".to_owned()];
        let expected = vec![
            Need { capability: Capability::Environment, interfaces: environment.clone(), asked_by: vec!["a".into()] },
            Need { capability: Capability::Arguments, interfaces: environment, asked_by: vec!["a".into()] },
            Need {
                capability: Capability::Random,
                interfaces: vec!["wasi:random/insecure@0.2.3".into(), "wasi:random/random@0.2.0".into()],
                asked_by: vec!["a".into(), "b".into()],
            },
        ];
        assert_eq!(needs(asking()), expected);
        assert_eq!(not_provided(asking()), vec![]);
    }

    #[test]
    fn what_must_be_wired_is_listed_once() {
        let a = component(vec![
            import("wasi:keyvalue/store@0.2.0", &["open"], vec![]),
            import("a:b/types", &[], vec![]),
            import("a:b/resources", &[], vec![TypeId(0)]),
        ]);
        let found =
            not_provided([("x", &a, a.imports.iter().collect()), ("y", &a, a.imports.iter().take(1).collect())]);
        let names: Vec<_> = found.iter().map(|n| (n.import.as_str(), n.asked_by.len())).collect();
        assert_eq!(names, [("a:b/resources", 1), ("wasi:keyvalue/store@0.2.0", 2)]);
        assert_eq!(needs([("x", &a, a.imports.iter().collect())]), vec![]);
    }

    #[test]
    fn samples_ask_for_what_they_import() {
        for (file, expected, must_be_wired) in [
            ("adder-wat", vec![], vec![]),
            ("checkout-rust", vec![], vec!["techbytes:payments/fraud-check"]),
            // Its language runtime imports all that a command line program can use.
            ("ledger-rust", Capability::ALL[..8].to_vec(), vec![]),
        ] {
            let path = format!("{}/samples/components/{file}.wasm", env!("CARGO_MANIFEST_DIR"));
            let sample = crate::component::decode(file, std::fs::read(path).unwrap().into());
            let asking = || [(file, &sample, sample.imports.iter().collect::<Vec<_>>())];
            let found: Vec<_> = needs(asking()).into_iter().map(|n| n.capability).collect();
            assert_eq!(found, expected, "{file}");
            let missing: Vec<_> = not_provided(asking()).into_iter().map(|n| n.import).collect();
            assert_eq!(missing.len(), must_be_wired.len(), "{file}: {missing:?}");
            assert!(missing.iter().zip(must_be_wired).all(|(m, w)| m.starts_with(w)), "{file}: {missing:?}");
        }
    }
}
