use super::*;
use crate::component::{Digest, compare_interfaces, decode};
use crate::compose::stub::tests::{KITCHEN, SINK};
use crate::compose::tests::{component, samples::samples};
use crate::compose::{Composition, Edit, Refusal, apply, check};
use std::sync::Arc;

/// A component that imports an export of this one and exports it again, without a line of code.
pub(in crate::compose) fn relay(of: &Component, export: &str) -> Arc<Component> {
    let mut between = CompositionGraph::new();
    let package = Package::from_bytes("of", None, of.bytes.to_vec(), between.types_mut()).unwrap();
    let kind = between.types()[package.ty()].exports[export];
    let node = between.import(export, kind).unwrap();
    between.export(node, export).unwrap();
    let options = wac_graph::EncodeOptions { define_components: true, validate: true, processor: None };
    Arc::new(decode("relay.wasm", between.encode(options).unwrap().into()))
}

/// Every export of a component that can be called, each through a relay of its own, with all wires tapped.
fn relayed(of: &Arc<Component>) -> (Composition, Library) {
    let mut library = Library::from([(of.digest, Arc::clone(of))]);
    let mut composition = Composition::default();
    let mut edits = vec![Edit::AddInstance { name: "of".into(), component: of.digest }];
    let exports = of.exports.iter().filter(|e| !e.functions().is_empty());
    for (n, export) in exports.enumerate() {
        let relay = relay(of, &export.name);
        let name = format!("relay-{n}");
        edits.push(Edit::AddInstance { name: name.clone(), component: relay.digest });
        for import in relay.imports.iter().filter(|i| of.export(&i.name).is_some()) {
            let to = Port::new(&name, &import.name);
            edits.push(Edit::Connect { from: Port::new("of", &import.name), to: to.clone() });
            if !import.functions().is_empty() {
                edits.push(Edit::Tap { to, on: true });
            }
        }
        edits.push(Edit::Export { from: Port::new(&name, &export.name), name: export.name.clone() });
        library.insert(relay.digest, relay);
    }
    // Exports of types only make what they define known outside.
    let types = of.exports.iter().filter(|e| e.functions().is_empty() && !matches!(e.item, Item::Type(_)));
    edits.extend(types.map(|e| Edit::Export { from: Port::new("of", &e.name), name: e.name.clone() }));
    for edit in edits {
        composition = apply(&composition, &library, &edit).unwrap_or_else(|e| panic!("{}: {edit:?}: {e}", of.name));
        assert_eq!(composition.validate(), Vec::<String>::new());
    }
    (composition, library)
}

fn without(composition: &Composition) -> Composition {
    Composition { taps: BTreeSet::new(), ..composition.clone() }
}

#[test]
fn every_export_of_every_sample_can_be_tapped_on_its_way() {
    let mut tapped_wires = 0;
    for sample in samples() {
        let (composition, library) = relayed(&sample);
        let bare = encode(&composition, &library).unwrap_or_else(|e| panic!("{}: {e:#?}", sample.name));
        assert_eq!(bare.bytes, encode(&without(&composition), &library).unwrap().bytes, "what is saved has no taps");
        if composition.taps.is_empty() {
            continue;
        }
        let made = tapped(&composition, &library).unwrap_or_else(|e| panic!("{}: {e:#?}", sample.name)).unwrap();
        assert_eq!(made.refused, [], "{}", sample.name);
        assert_eq!(made.taps.len(), composition.taps.len(), "{}", sample.name);
        tapped_wires += made.taps.len();
        // Nothing is seen of the taps outside but what they tell the host.
        let (bare, made) = (decode("bare.wasm", bare.bytes.into()), decode("made.wasm", made.bytes.into()));
        assert_eq!(made.exports.len(), bare.exports.len(), "{}", sample.name);
        for export in &bare.exports {
            let other = made.export(&export.name).unwrap_or_else(|| panic!("{}: {}", sample.name, export.name));
            assert_eq!(compare_interfaces(&bare, export, &made, other), [], "{}", sample.name);
        }
        let names = |c: &Component| c.imports.iter().map(|i| i.name.clone()).collect::<BTreeSet<_>>();
        let more: Vec<String> = names(&made).difference(&names(&bare)).cloned().collect();
        assert!(more.iter().all(|name| name.starts_with("wirebench:tap/wire-")), "{}: {more:?}", sample.name);
        assert_eq!(more.len(), composition.taps.len(), "{}", sample.name);
    }
    assert!(tapped_wires >= 24, "{tapped_wires}");
}

const ASYNC: &str = "package t:a;
    interface some { quick: func(a: u32) -> u32; slow: async func() -> string; }
    interface all { slow: async func(); }
    interface types { record r { a: u8 } }
    interface uses { use types.{r}; f: func(r: r) -> r; }
    world giver { export some; export all; export types; export uses; }
    world taker { import some; import all; import types; import uses; export run: func(); }
    package wirebench:tap { interface wire-1 { begin: func(function: u32, bytes: u32); } }
    world spoof { import wirebench:tap/wire-1; import some; export run: func(); }";

/// `giver` wired to an instance of another world.
fn async_ones(taker: &str) -> (Composition, Library) {
    let (giver, taker) = (component("giver.wasm", ASYNC, "giver"), component("taker.wasm", ASYNC, taker));
    let mut composition = Composition::default();
    let add = |name: &str, component: Digest| Edit::AddInstance { name: name.into(), component };
    let mut edits = vec![add("giver", giver.digest), add("taker", taker.digest)];
    for import in taker.imports.iter().filter(|i| i.name.starts_with("t:a/")) {
        edits.push(Edit::Connect { from: Port::new("giver", &import.name), to: Port::new("taker", &import.name) });
    }
    let library = Library::from([(giver.digest, giver), (taker.digest, taker)]);
    for edit in &edits {
        composition = apply(&composition, &library, edit).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
    }
    (composition, library)
}

#[test]
fn what_cannot_be_tapped_is_refused_in_words() {
    let (composition, library) = async_ones("taker");
    let tap = |import: &str| {
        let edit = Edit::Tap { to: Port::new("taker", import), on: true };
        apply(&composition, &library, &edit).map_err(|e| e.to_string())
    };
    let said = [
        ("t:a/types", "The wire to taker · t:a/types cannot be tapped: the interface has types only"),
        ("t:a/none", "No wire ends at taker · t:a/none"),
    ];
    for (import, text) in said {
        let refusal = tap(import).unwrap_err();
        assert!(refusal.starts_with(text), "{refusal}");
    }
    // Async functions are listed as all others are.
    for (import, functions) in [("t:a/some", &["quick", "slow"][..]), ("t:a/all", &["slow"])] {
        let tapped = tapped(&tap(import).unwrap(), &library).unwrap().unwrap();
        assert_eq!(tapped.refused, []);
        assert_eq!(tapped.taps[0].functions, functions);
    }
}

#[test]
fn a_component_that_asks_for_a_tap_itself_gets_another_one() {
    let (composition, library) = async_ones("spoof");
    let to = Port::new("taker", "t:a/some");
    let composition = apply(&composition, &library, &Edit::Tap { to: to.clone(), on: true }).unwrap();
    let made = tapped(&composition, &library).unwrap().unwrap();
    assert_eq!(made.taps.iter().map(|t| &*t.host).collect::<Vec<_>>(), ["wirebench:tap/wire-2"]);
    assert_eq!(made.taps.iter().map(|t| &t.to).collect::<Vec<_>>(), [&to]);
}

#[test]
fn a_tap_goes_where_its_wire_goes() {
    let (composition, library) = async_ones("taker");
    let (some, uses) = (Port::new("taker", "t:a/some"), Port::new("taker", "t:a/uses"));
    let mut tapped = composition;
    let mut make = |edit: Edit| -> Result<BTreeSet<Port>, Refusal> {
        tapped = apply(&tapped, &library, &edit)?;
        assert_eq!(tapped.validate(), Vec::<String>::new());
        assert!(check(&tapped, &library).iter().all(|d| d.severity != Severity::Error));
        Ok(tapped.taps.clone())
    };
    assert_eq!(make(Edit::Tap { to: some.clone(), on: true }).unwrap().len(), 1);
    assert_eq!(make(Edit::Tap { to: uses.clone(), on: true }).unwrap().len(), 2);
    assert_eq!(make(Edit::Tap { to: uses.clone(), on: false }).unwrap(), BTreeSet::from([some.clone()]));
    let renamed = make(Edit::Rename { from: "taker".into(), to: "other".into() }).unwrap();
    assert_eq!(renamed, BTreeSet::from([Port::new("other", "t:a/some")]));
    make(Edit::Rename { from: "other".into(), to: "taker".into() }).unwrap();
    // Another provider is the same wire's end; without a wire there is no tap.
    let from = Port::new("giver", "t:a/some");
    assert_eq!(make(Edit::Connect { from, to: some.clone() }).unwrap().len(), 1);
    assert_eq!(make(Edit::Disconnect(some.clone())).unwrap().len(), 0);
    assert_eq!(make(Edit::Tap { to: uses, on: true }).unwrap().len(), 1);
    assert_eq!(make(Edit::RemoveInstances(vec!["giver".into()])).unwrap().len(), 0);
    assert_eq!(make(Edit::Tap { to: some.clone(), on: true }), Err(Refusal::NoWire(some)));
}

/// What the tapped composition does, beside what the bare one does.
#[cfg(feature = "run")]
mod runs {
    use super::*;
    use crate::call::{CallEvent, CallRequest, Caller, JobId, Outcome, Seen, TapCall, TapEnd};
    use crate::compose::{Answer, Behavior, StubSpec, stub};
    use crate::runner::InProcess;
    use crate::value::Value;
    use crate::value::tests::random::{Random, same};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    struct Bench {
        caller: InProcess,
        bell: Receiver<()>,
        jobs: u64,
    }

    impl Bench {
        fn new() -> Self {
            let mut caller = InProcess::new();
            let (ring, bell) = channel();
            caller.set_wake(Arc::new(move || _ = ring.send(())));
            Self { caller, bell, jobs: 0 }
        }

        fn call(
            &mut self,
            bytes: &Arc<[u8]>,
            taps: &[Tap],
            name: &str,
            arguments: &[Value],
        ) -> (Outcome, Vec<TapCall>) {
            self.jobs += 1;
            self.caller.call(CallRequest {
                job: JobId(self.jobs),
                bytes: Arc::clone(bytes),
                digest: Digest::of(bytes),
                asked_by: Vec::new(),
                taps: taps.iter().map(|tap| tap.host.clone()).collect(),
                grants: Default::default(),
                interface: Some(SINK.into()),
                function: name.to_owned(),
                arguments: arguments.to_vec(),
            });
            let mut calls = Vec::new();
            loop {
                for event in self.caller.poll() {
                    match event {
                        CallEvent::Finished(_, finished) => return (finished.outcome, calls),
                        CallEvent::Tapped(_, call) => calls.push(call),
                        _ => {}
                    }
                }
                self.bell.recv_timeout(Duration::from_secs(120)).expect("an answer in time");
            }
        }
    }

    /// The kitchen sink's stub with answers of every kind, and a relay with a tap before it.
    fn sink(wit: &str, seed: u64) -> (Composition, Library) {
        let kitchen = component("kitchen.wasm", wit, "kitchen");
        let things = component("things.wasm", wit, "things-of");
        let mut random = Random::new(seed);
        let import = kitchen.import(SINK).unwrap();
        let mut spec = StubSpec::default();
        for f in import.functions() {
            let of = f.result.map(|ty| kitchen.types.text(ty)).unwrap_or_default();
            if of.contains("thing") || of.contains("tap") || f.name.contains(']') || f.name == "a-u8" {
                continue;
            }
            let answer = Answer::Fixed(f.result.map(|ty| random.value(&kitchen.type_ref(ty))));
            spec.functions.insert(f.name.clone(), Behavior { rules: Vec::new(), otherwise: answer });
        }
        let given: Arc<Component> = Arc::new(decode("stub.wasm", stub(&kitchen, SINK, &spec).unwrap().into()));
        let relay = relay(&given, SINK);
        let library: Library = [&given, &things, &relay].into_iter().map(|c| (c.digest, Arc::clone(c))).collect();
        let mut composition = Composition::default();
        let name = "t:sink/things@1.0.0";
        let add = |name: &str, c: &Component| Edit::AddInstance { name: name.into(), component: c.digest };
        let connect =
            |from: &str, to: &str, name: &str| Edit::Connect { from: Port::new(from, name), to: Port::new(to, name) };
        let edits = [
            add("stub", &given),
            add("things", &things),
            add("relay", &relay),
            connect("things", "stub", name),
            connect("things", "relay", name),
            connect("stub", "relay", SINK),
            Edit::Tap { to: Port::new("relay", SINK), on: true },
            Edit::Export { from: Port::new("things", name), name: name.into() },
            Edit::Export { from: Port::new("relay", SINK), name: SINK.into() },
        ];
        for edit in edits {
            composition = apply(&composition, &library, &edit).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        }
        (composition, library)
    }

    #[test]
    fn values_of_every_kind_cross_a_tap_unchanged_and_are_shown() {
        values_cross(KITCHEN);
    }

    #[test]
    fn values_of_every_kind_cross_a_tap_of_async_functions_too() {
        values_cross(&KITCHEN.replace(": func(", ": async func("));
    }

    fn values_cross(wit: &str) {
        let kitchen = component("kitchen.wasm", wit, "kitchen");
        let import = kitchen.import(SINK).unwrap();
        let mut bench = Bench::new();
        for seed in 1..=4 {
            let (composition, library) = sink(wit, seed);
            let bare: Arc<[u8]> = encode(&composition, &library).unwrap().bytes.into();
            let made = tapped(&composition, &library).unwrap_or_else(|e| panic!("{e:#?}")).unwrap();
            assert_eq!(made.refused, []);
            let bytes: Arc<[u8]> = made.bytes.into();
            let mut random = Random::new(seed * 31);
            let mut crossed = 0;
            for function in import.functions() {
                let texts = function.params.iter().map(|p| kitchen.types.text(p.ty)).collect::<String>();
                if texts.contains("thing") || texts.contains("tap") || function.name.contains(']') {
                    continue;
                }
                let arguments: Vec<Value> =
                    function.params.iter().map(|p| random.value(&kitchen.type_ref(p.ty))).collect();
                let (expected, none) = bench.call(&bare, &[], &function.name, &arguments);
                assert_eq!(none, []);
                let (found, calls) = bench.call(&bytes, &made.taps, &function.name, &arguments);
                let [call] = calls.as_slice() else { panic!("{}: {calls:?}", function.name) };
                assert_eq!(made.taps[0].functions[call.function as usize], function.name);
                let Seen::Values { values, shortened } = &call.arguments else { panic!("{call:?}") };
                assert!(
                    *shortened
                        || values.len() == arguments.len() && values.iter().zip(&arguments).all(|(a, b)| same(a, b)),
                    "{}: {values:?} {arguments:?}",
                    function.name
                );
                match (expected, found) {
                    (Outcome::Returned(Some(expected)), Outcome::Returned(Some(found))) => {
                        assert!(same(&expected, &found), "{}: {expected:?} {found:?}", function.name);
                        let TapEnd::Returned(Seen::Values { values, shortened }) = &call.end else {
                            panic!("{call:?}")
                        };
                        assert!(
                            *shortened || values.len() == 1 && same(&values[0], &found),
                            "{}: {values:?}",
                            function.name
                        );
                        crossed += 1;
                    }
                    (Outcome::Returned(None), Outcome::Returned(None)) => {
                        let nothing = Seen::Values { values: Vec::new(), shortened: false };
                        assert_eq!(call.end, TapEnd::Returned(nothing));
                    }
                    (Outcome::Trapped(expected), Outcome::Trapped(found)) => {
                        assert_eq!(expected.message, found.message, "{}", function.name);
                        assert_eq!(call.end, TapEnd::Trapped, "{}", function.name);
                    }
                    (expected, found) => panic!("{}: {expected:?} {found:?}", function.name),
                }
            }
            assert!(crossed >= 26, "{crossed}");
        }
    }

    /// `slow` lets others go on so many times before it answers; `never` answers only by giving up when it is told to.
    const SLEEPER: &str = r#"(component
        (core module $memory (memory (export "memory") 1))
        (core instance $memory (instantiate $memory))
        (core func $return (canon task.return (result u32)))
        (core func $cancel (canon task.cancel))
        (core func $yield (canon thread.yield))
        (core func $new (canon waitable-set.new))
        (core func $wait (canon waitable-set.wait cancellable (memory $memory "memory")))
        (core module $code
            (import "" "return" (func $return (param i32)))
            (import "" "cancel" (func $cancel))
            (import "" "yield" (func $yield (result i32)))
            (import "" "new" (func $new (result i32)))
            (import "" "wait" (func $wait (param i32 i32) (result i32)))
            (func (export "slow") (param $n i32)
                (local $left i32)
                (local.set $left (local.get $n))
                (block (loop
                    (br_if 1 (i32.eqz (local.get $left)))
                    (drop (call $yield))
                    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                    (br 0)))
                (call $return (local.get $n)))
            (func (export "never") (param $n i32)
                (drop (call $wait (call $new) (i32.const 0)))
                (call $cancel)))
        (core instance $code (instantiate $code (with "" (instance
            (export "return" (func $return)) (export "cancel" (func $cancel)) (export "yield" (func $yield))
            (export "new" (func $new)) (export "wait" (func $wait))))))
        (func $slow async (param "n" u32) (result u32) (canon lift (core func $code "slow") async))
        (func $never async (param "n" u32) (result u32) (canon lift (core func $code "never") async))
        (instance $sleeps (export "slow" (func $slow)) (export "never" (func $never)))
        (export "t:sleeps/sleeps" (instance $sleeps)))"#;

    /// `both` has two calls under way at once, the longer one first; `gives-up` begins one and calls it off.
    const WAKER: &str = r#"(component
        (import "t:sleeps/sleeps" (instance $sleeps
            (export "slow" (func async (param "n" u32) (result u32)))
            (export "never" (func async (param "n" u32) (result u32)))))
        (core module $memory (memory (export "memory") 1))
        (core instance $memory (instantiate $memory))
        (core func $slow (canon lower (func $sleeps "slow") async (memory $memory "memory")))
        (core func $never (canon lower (func $sleeps "never") async (memory $memory "memory")))
        (core func $return (canon task.return (result u32)))
        (core func $new (canon waitable-set.new))
        (core func $join (canon waitable.join))
        (core func $call-off (canon subtask.cancel))
        (core func $wait (canon waitable-set.wait (memory $memory "memory")))
        (core module $code
            (import "" "memory" (memory 1))
            (import "" "slow" (func $slow (param i32 i32) (result i32)))
            (import "" "never" (func $never (param i32 i32) (result i32)))
            (import "" "return" (func $return (param i32)))
            (import "" "new" (func $new (result i32)))
            (import "" "join" (func $join (param i32 i32)))
            (import "" "call-off" (func $call-off (param i32) (result i32)))
            (import "" "wait" (func $wait (param i32 i32) (result i32)))
            (func $until-over (param $set i32)
                (loop
                    (drop (call $wait (local.get $set) (i32.const 32)))
                    (br_if 0 (i32.ne (i32.load (i32.const 36)) (i32.const 2)))))
            (func (export "both")
                (local $set i32) (local $a i32) (local $b i32)
                (local.set $set (call $new))
                (local.set $a (call $slow (i32.const 40) (i32.const 8)))
                (local.set $b (call $slow (i32.const 2) (i32.const 12)))
                (call $join (i32.shr_u (local.get $a) (i32.const 4)) (local.get $set))
                (call $join (i32.shr_u (local.get $b) (i32.const 4)) (local.get $set))
                (call $until-over (local.get $set))
                (call $until-over (local.get $set))
                (call $return (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))))
            (func (export "gives-up")
                (call $return (call $call-off (i32.shr_u (call $never (i32.const 5) (i32.const 8)) (i32.const 4))))))
        (core instance $code (instantiate $code (with "" (instance
            (export "memory" (memory $memory "memory")) (export "slow" (func $slow)) (export "never" (func $never))
            (export "return" (func $return)) (export "new" (func $new)) (export "join" (func $join))
            (export "call-off" (func $call-off)) (export "wait" (func $wait))))))
        (func $both async (result u32) (canon lift (core func $code "both") async))
        (func $gives-up async (result u32) (canon lift (core func $code "gives-up") async))
        (instance $wakes (export "both" (func $both)) (export "gives-up" (func $gives-up)))
        (export "t:sink/sink@1.0.0" (instance $wakes)))"#;

    #[test]
    fn async_calls_overlap_and_are_called_off_as_without_a_tap() {
        let [sleeper, waker] = [("sleeper.wasm", SLEEPER), ("waker.wasm", &WAKER.replace("t:sink/sink@1.0.0", SINK))]
            .map(|(name, text)| Arc::new(decode(name, wat::parse_str(text).unwrap().into())));
        let wire = "t:sleeps/sleeps";
        let mut composition = Composition::default();
        let library = [&sleeper, &waker].map(|c| (c.digest, Arc::clone(c))).into();
        let to = Port::new("waker", wire);
        for edit in [
            Edit::AddInstance { name: "sleeper".into(), component: sleeper.digest },
            Edit::AddInstance { name: "waker".into(), component: waker.digest },
            Edit::Connect { from: Port::new("sleeper", wire), to: to.clone() },
            Edit::Tap { to, on: true },
        ] {
            composition = apply(&composition, &library, &edit).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        }
        let bare: Arc<[u8]> = encode(&composition, &library).unwrap().bytes.into();
        let made = tapped(&composition, &library).unwrap().unwrap();
        assert_eq!(made.refused, []);
        let bytes: Arc<[u8]> = made.bytes.into();
        let mut bench = Bench::new();
        // 4 is what a call is in that was called off before it returned.
        for (function, result) in [("both", 42), ("gives-up", 4)] {
            let expected = Outcome::Returned(Some(Value::U32(result)));
            assert_eq!(bench.call(&bare, &[], function, &[]), (expected.clone(), vec![]), "{function}");
            let (found, calls) = bench.call(&bytes, &made.taps, function, &[]);
            assert_eq!(found, expected, "{function}");
            let seen = |value| Seen::Values { values: vec![Value::U32(value)], shortened: false };
            let ends: Vec<(Seen, TapEnd)> = calls.into_iter().map(|call| (call.arguments, call.end)).collect();
            let wanted = match function {
                "both" => vec![(seen(2), TapEnd::Returned(seen(2))), (seen(40), TapEnd::Returned(seen(40)))],
                _ => vec![(seen(5), TapEnd::Cancelled)],
            };
            assert_eq!(ends, wanted, "{function}");
        }
    }
}
