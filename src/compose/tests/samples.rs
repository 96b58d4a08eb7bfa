use super::*;
use crate::component::{Kind, compare_interfaces};
use std::collections::HashSet;
use wac_types::{Package, SubtypeChecker, Types};

/// A sample by its file name, or every one of them.
pub(super) fn sample(name: &str) -> Arc<Component> {
    let path = format!("{}/samples/components/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    Arc::new(decode(&format!("{name}.wasm"), bytes.into()))
}

pub(in crate::compose) fn samples() -> Vec<Arc<Component>> {
    let folder = format!("{}/samples/components", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".wasm").map(str::to_owned))
        .collect();
    names.sort();
    names.iter().map(|name| sample(name)).collect()
}

fn of(components: &[Arc<Component>]) -> (Composition, Library) {
    let library: Library = components.iter().map(|c| (c.digest, Arc::clone(c))).collect();
    let mut composition = Composition::default();
    for component in components {
        let edit = Edit::AddInstance { name: component.name.clone(), component: component.digest };
        composition = apply(&composition, &library, &edit).unwrap();
    }
    (composition, library)
}

const CHECKOUT: &str = "techbytes:orders/checkout";
const FRAUD_CHECK: &str = "techbytes:payments/fraud-check";

#[test]
fn checkout_is_composed_with_a_fraud_check_in_any_language() {
    for language in ["assemblyscript", "c", "cpp", "go", "js", "rust", "wat", "zig"] {
        let provider = format!("fraud-check-{language}");
        let (composition, library) = of(&[sample("checkout-rust"), sample(&provider)]);
        let (from, to) = (Port::new(&provider, FRAUD_CHECK), Port::new("checkout-rust", FRAUD_CHECK));
        let wired = apply(&composition, &library, &Edit::Connect { from, to }).unwrap();
        assert_eq!(super::super::check(&wired, &library), [], "{language}");
        let encoded = encode(&wired, &library).unwrap_or_else(|e| panic!("{language}: {e:?}"));
        let result = decode("result.wasm", encoded.bytes.into());
        assert_eq!((result.kind, &result.diagnostics), (Kind::Component, &Vec::new()), "{language}");
        assert!(result.export(CHECKOUT).is_some() && result.export(FRAUD_CHECK).is_none(), "{language}");
        // What stays open is what a host gives, asked for by those who ask.
        assert!(result.imports.iter().all(Extern::is_host), "{language}");
        let asked: Vec<&String> = encoded.asked_by.iter().map(|(name, _)| name).collect();
        assert_eq!(asked, result.imports.iter().map(|e| &e.name).collect::<Vec<_>>(), "{language}");
        assert!(encoded.asked_by.iter().all(|(_, names)| !names.is_empty()), "{language}");
    }
}

#[test]
fn all_samples_can_stand_side_by_side() {
    let (composition, library) = of(&samples());
    let errors = super::super::check(&composition, &library);
    let errors: Vec<_> = errors.iter().filter(|d| d.severity == crate::diag::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let encoded = encode(&composition, &library).unwrap_or_else(|e| panic!("{e:#?}"));
    let result = decode("result.wasm", encoded.bytes.into());
    assert_eq!((result.kind, &result.diagnostics), (Kind::Component, &Vec::new()));
    let mut names: Vec<&str> = result.exports.iter().map(|e| e.name.as_str()).collect();
    let wanted = result_exports(&composition, &library);
    let mut wanted: Vec<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

/// What is said while a wire is dragged must be what the encoder says when it is encoded.
#[test]
fn our_verdict_on_every_pair_is_the_encoders() {
    let mut components: Vec<Arc<Component>> = fixtures().values().cloned().collect();
    components.extend(samples());
    let mut types = Types::default();
    let packages: Vec<Package> = components
        .iter()
        .map(|c| Package::from_bytes(&c.digest.to_string(), None, c.bytes.to_vec(), &mut types).unwrap())
        .collect();
    let (mut yes, mut no) = (0, 0);
    for (consumer, needs) in components.iter().zip(&packages) {
        for import in &consumer.imports {
            for (provider, gives) in components.iter().zip(&packages) {
                for export in &provider.exports {
                    let ours = compare_interfaces(consumer, import, provider, export);
                    let wanted = types[needs.ty()].imports[&import.name];
                    let found = types[gives.ty()].exports[&export.name];
                    let mut cache = HashSet::new();
                    let theirs = SubtypeChecker::new(&mut cache).is_subtype(found, &types, wanted, &types);
                    let pair =
                        || format!("{} of {} for {} of {}", export.name, provider.name, import.name, consumer.name);
                    assert_eq!(ours.is_empty(), theirs.is_ok(), "{}: {ours:?} {theirs:?}", pair());
                    if ours.is_empty() { yes += 1 } else { no += 1 }
                }
            }
        }
    }
    assert!(yes > 20 && no > 200, "{yes} {no}");
}
