//! Tapped compositions beside untapped ones: the same answers, and every call listed.

use crate::desk::{Desk, grants};
use crate::samples::{LARGE, Promise, file_of, granted, list_of, make_sequence};
use std::collections::BTreeMap;
use std::sync::Arc;
use wac_graph::{CompositionGraph, EncodeOptions};
use wac_types::Package;
use wirebench::call::{Outcome, Seen, TapEnd};
use wirebench::component::{Component, Item};
use wirebench::compose::{Edit, Port};
use wirebench::project::Target;
use wirebench::session::{Change, Command, Crossing, RunRecord};
use wirebench::value::to_wave;

/// A component that imports an export of this one and exports it again, without a line of code.
fn relay(of: &Component, export: &str) -> Vec<u8> {
    let mut between = CompositionGraph::new();
    let package = Package::from_bytes("of", None, of.bytes.to_vec(), between.types_mut()).unwrap();
    let kind = between.types()[package.ty()].exports[export];
    let node = between.import(export, kind).unwrap();
    between.export(node, export).unwrap();
    between.encode(EncodeOptions { define_components: true, validate: true, processor: None }).unwrap()
}

/// A composition that offers what a sample does, with a tap between it and whoever calls.
fn behind_taps(file: &str) -> Desk {
    let mut desk = Desk::new();
    let name = desk.place(file, [0.0, 0.0]);
    let of = desk.session.document().composition.component(desk.session.library(), &name).map(Arc::clone).unwrap();
    for export in of.exports.iter().filter(|e| !matches!(e.item, Item::Type(_))) {
        if export.functions().is_empty() {
            desk.edit(Edit::Export { from: Port::new(&name, &export.name), name: export.name.clone() });
            continue;
        }
        let bytes = relay(&of, &export.name);
        let digest = wirebench::component::Digest::of(&bytes);
        desk.apply(Command::OpenBytes("relay.wasm".into(), bytes.into()));
        let before = desk.names();
        desk.change(Change::Place { component: digest, at: [500.0, 0.0], connect: None });
        let relay = desk.names().into_iter().find(|n| !before.contains(n)).unwrap_or_else(|| panic!("{}", desk.said()));
        let imports: Vec<_> = desk.session.library()[&digest].imports.clone();
        for import in imports.iter().filter(|i| of.export(&i.name).is_some()) {
            desk.connect((&name, &import.name), (&relay, &import.name));
            if import.functions().iter().any(|f| !f.is_async) {
                desk.edit(Edit::Tap { to: Port::new(&relay, &import.name), on: true });
            }
        }
        desk.edit(Edit::Export { from: Port::new(&relay, &export.name), name: export.name.clone() });
    }
    let composed = desk.session.composed().unwrap_or_else(|| panic!("{file}: {:?}", desk.session.problems()));
    assert_eq!(composed.untapped, [], "{file}");
    desk
}

/// Whether a call left what it should on its way.
fn is_listed(run: &RunRecord) -> bool {
    let returned = matches!(run.outcome(), Some(Outcome::Returned(_)));
    run.taps.calls.iter().any(|call| {
        let wire = &run.taps.wires[call.tap as usize];
        let same = wire.function(call).is_some_and(|f| f.name == run.function)
            && run.interface.as_ref().is_none_or(|i| wire.tap.to.name == *i);
        let end = match &call.end {
            TapEnd::Returned(_) => returned,
            TapEnd::Trapped | TapEnd::Stopped => !returned,
        };
        same && end && call.depth == 0
    })
}

#[test]
fn samples_behind_taps_give_the_listed_answers() {
    let mut desks: BTreeMap<String, Desk> = BTreeMap::new();
    let (mut failures, mut made) = (String::new(), 0);
    let target = Target::Composition;
    for json in list_of("calls.json").iter().filter(|j| j.get("with").is_none() && !LARGE.contains(&file_of(j))) {
        let file = file_of(json);
        let desk = desks.entry(file.to_owned()).or_insert_with(|| behind_taps(file));
        let promise = Promise::new(json, &desk.component(&target));
        if promise.beyond_us().is_some() {
            continue;
        }
        let call = promise.call(&BTreeMap::new());
        let folder = tempfile::tempdir().unwrap();
        desk.apply(Command::Reset(target));
        desk.change(Change::Grant(target, granted(json, &folder)));
        let run = desk.call(target, &call);
        if let Err(found) = promise.check(&run) {
            failures.push_str(&format!("{file} {call}\n  promised {json}\n  found {found}\n"));
        } else if !is_listed(&run) && !run.taps.wires.is_empty() {
            failures.push_str(&format!("{file} {call}\n  is not listed: {:?}\n", run.taps.calls));
        }
        made += 1;
    }
    for sequence in &list_of("sequences.json") {
        let desk = desks.entry(file_of(sequence).to_owned()).or_insert_with(|| behind_taps(file_of(sequence)));
        failures.push_str(&make_sequence(desk, target, sequence));
        let last = desk.session.runs().back().unwrap();
        assert!(!last.taps.calls.is_empty(), "{sequence}");
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(made > 100, "{made}");
}
