use super::*;
use crate::component::{Extern, compare_interfaces, decode};
use crate::compose::tests::{component, samples::samples};
use crate::compose::{Composition, Edit, Fit, Library, Port, Side, apply, candidates, check, encode};
use crate::diag::Severity;
use crate::value::{default_value, parse_wave, to_wave};
use std::sync::Arc;

pub(in crate::compose) const KITCHEN: &str = "package t:sink@1.0.0;
    interface things {
        resource thing { constructor(n: u32); size: func() -> u64; same: static func(a: thing, b: borrow<thing>) -> thing; }
    }
    interface sink {
        use things.{thing};
        enum level { low, mid, high }
        flags rights { read, write, run }
        flags few { a, b, c, d, e, f, g, h, i }
        flags many { x00, x01, x02, x03, x04, x05, x06, x07, x08, x09, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19, x20,
            x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, x31 }
        record one { only: s16 }
        record point { x: f32, y: f64, tag: char, deep: one }
        variant shape { nothing, circle(f32), box(point), name(string), big(u64), several(list<shape2>) }
        variant shape2 { a(u8), b(tuple<s64, string>) }
        resource tap { constructor(name: string); flow: func(by: f32) -> result<u32, string>; spare: static func() -> list<tap>;
            pair: static func() -> tuple<u8, tap>; }
        nothing: func();
        a-bool: func(a: bool) -> bool;
        a-u8: func(a: u8) -> u8;
        a-s8: func(a: s8) -> s8;
        a-u16: func(a: u16) -> u16;
        a-s16: func(a: s16) -> s16;
        a-u32: func(a: u32) -> u32;
        a-s32: func(a: s32) -> s32;
        a-u64: func(a: u64) -> u64;
        a-s64: func(a: s64) -> s64;
        a-f32: func(a: f32) -> f32;
        a-f64: func(a: f64) -> f64;
        a-char: func(a: char) -> char;
        a-string: func(a: string) -> string;
        an-enum: func(a: level) -> level;
        flags-one: func(a: rights) -> rights;
        flags-two: func(a: few) -> few;
        flags-more: func(a: many) -> many;
        a-one: func(a: one) -> one;
        a-point: func(a: point) -> point;
        a-shape: func(a: shape) -> shape;
        an-option: func(a: option<u64>) -> option<u64>;
        a-result: func(a: result<string, f64>) -> result<string, f64>;
        a-bare-result: func(a: result) -> result;
        bytes: func(a: list<u8>) -> list<u8>;
        a-list: func(a: list<shape>) -> list<shape>;
        nested: func(a: list<list<string>>) -> list<list<string>>;
        a-tuple: func(a: tuple<u8, u64, string, option<option<s8>>>) -> tuple<u8, u64, string, option<option<s8>>>;
        mixed: func(a: result<f32, option<s64>>) -> result<f32, option<s64>>;
        wide: func(a: point, b: point, c: point, d: string, e: shape, f: list<u16>) -> list<u16>;
        handles: func(a: list<borrow<thing>>, b: option<thing>, c: result<tap, borrow<thing>>) -> u32;
        handles-inside: func(a: list<tuple<u8, option<borrow<thing>>>>, b: list<tap>) -> string;
        lends: func(a: borrow<tap>, b: borrow<thing>) -> u8;
        takes: func(a: tap, b: string) -> option<tap>;
        gives-foreign: func() -> option<thing>;
    }
    interface plain { use sink.{level}; again: func(l: level) -> level; }
    world kitchen { import sink; import plain; import f: func(a: string) -> u32;
        import inline: interface { g: func() -> string; } export run: func(); }
    world typed { record pair { a: u32, b: string } import swap: func(p: pair) -> pair; export run: func(); }
    world things-of { export things; }";
pub(in crate::compose) const SINK: &str = "t:sink/sink@1.0.0";

fn kitchen() -> Arc<Component> {
    component("kitchen.wasm", KITCHEN, "kitchen")
}

fn made(consumer: &Component, import: &str, spec: &StubSpec) -> Arc<Component> {
    let bytes = stub(consumer, import, spec).unwrap_or_else(|e| panic!("{import} of {}: {e}", consumer.name));
    assert_eq!(bytes, stub(consumer, import, spec).unwrap(), "always the same bytes");
    let stub = decode("stub.wasm", bytes.into());
    assert!(stub.diagnostics.is_empty(), "{import}: {:?}", stub.diagnostics);
    Arc::new(stub)
}

fn condition(parameter: &str, equals: Value) -> Condition {
    Condition { parameter: parameter.to_owned(), equals }
}

fn fixed(value: Option<Value>) -> Behavior {
    Behavior { rules: Vec::new(), otherwise: Answer::Fixed(value), recorded: false }
}

/// Every function answers with this, where it can.
fn all(consumer: &Component, import: &Extern, mut value: impl FnMut(&Function) -> Option<Value>) -> StubSpec {
    let functions = import.functions().iter().filter_map(|f| {
        let value = match f.result {
            Some(_) => Some(value(f)?),
            None => None,
        };
        let fits = value.iter().zip(f.result).all(|(v, ty)| value::check(v, &consumer.type_ref(ty)).is_empty());
        fits.then(|| (f.name.clone(), fixed(value)))
    });
    StubSpec { functions: functions.collect() }
}

/// A consumer with a stub at each import. What a stub imports comes from where the consumer has it: from another stub.
fn wired(consumer: &Arc<Component>, stubs: &[(String, Arc<Component>)]) -> (Composition, Library) {
    let all = [("consumer".to_owned(), Arc::clone(consumer))];
    let all: Vec<_> = all.iter().chain(stubs).collect();
    let library: Library = all.iter().map(|(_, c)| (c.digest, Arc::clone(c))).collect();
    let mut composition = Composition::default();
    for (name, component) in &all {
        let edit = Edit::AddInstance { name: name.clone(), component: component.digest };
        composition = apply(&composition, &library, &edit).unwrap();
    }
    for (name, component) in &all {
        for import in component.imports.iter().filter(|i| !matches!(i.item, Item::Type(_))) {
            let (from, to) = (Port::new(&import.name, &import.name), Port::new(name, &import.name));
            let found = candidates(&composition, &library, &to, Side::Import).into_iter().find(|c| c.port == from);
            assert_eq!(found.map(|c| c.fit), Some(Fit::Exact), "{} of {name}", import.name);
            composition = apply(&composition, &library, &Edit::Connect { from, to }).unwrap();
        }
    }
    (composition, library)
}

#[test]
fn every_import_of_every_sample_has_a_stub_that_fits_and_composes() {
    let mut seen = 0;
    for consumer in samples().into_iter().chain([
        kitchen(),
        component("typed.wasm", KITCHEN, "typed"),
        component("waits.wasm", LATER, "waits"),
    ]) {
        for defaults in [false, true] {
            let mut stubs = Vec::new();
            for import in &consumer.imports {
                if matches!(import.item, Item::Type(_)) {
                    let refused = stub(&consumer, &import.name, &StubSpec::default());
                    assert_eq!(refused, Err(StubError::IsAType(import.name.clone())));
                    continue;
                }
                let defaults =
                    defaults.then(|| all(&consumer, import, |f| Some(default_value(&consumer.type_ref(f.result?)))));
                let stub = made(&consumer, &import.name, &defaults.unwrap_or_default());
                let export = stub.export(&import.name).unwrap_or_else(|| panic!("no {}", import.name));
                assert_eq!(stub.exports.len(), 1, "{}", import.name);
                assert_eq!(compare_interfaces(&consumer, import, &stub, export), [], "{}", import.name);
                stubs.push((import.name.clone(), stub));
                seen += 1;
            }
            let (composition, library) = wired(&consumer, &stubs);
            let errors = check(&composition, &library).into_iter().filter(|d| d.severity == Severity::Error);
            assert_eq!(errors.collect::<Vec<_>>(), [], "{}", consumer.name);
            let encoded = encode(&composition, &library).unwrap_or_else(|e| panic!("{}: {e:#?}", consumer.name));
            let result = decode("result.wasm", encoded.bytes.into());
            assert!(result.diagnostics.is_empty(), "{:?}", result.diagnostics);
            let left = result.imports.iter().filter(|i| !matches!(i.item, Item::Type(_)));
            assert_eq!(left.map(|i| &i.name).collect::<Vec<_>>(), Vec::<&String>::new(), "{}", consumer.name);
        }
    }
    assert!(seen >= 140, "{seen}");
}

#[test]
fn what_a_stub_cannot_do_is_refused_in_words() {
    let kitchen = kitchen();
    let refused = |import: &str, function: &str, behavior: Behavior| {
        let spec = StubSpec { functions: BTreeMap::from([(function.to_owned(), behavior)]) };
        stub(&kitchen, import, &spec).unwrap_err().to_string()
    };
    let sink = kitchen.import(SINK).unwrap();
    let value = |function: &str, text: &str| {
        let function = sink.functions().iter().find(|f| f.name == function).unwrap();
        parse_wave(text, &kitchen.type_ref(function.result.unwrap())).unwrap()
    };
    let says = [
        (refused("t:sink/none", "f", fixed(None)), "“kitchen” has no import t:sink/none"),
        (refused(SINK, "none", fixed(None)), "t:sink/sink@1.0.0 has no function `none`"),
        (refused(SINK, "a-u8", fixed(Some(Value::U16(1)))), "`a-u8` cannot give this answer: "),
        (refused(SINK, "a-u8", fixed(None)), "`a-u8` must answer with a value of type u8"),
        (refused(SINK, "nothing", fixed(Some(Value::U8(1)))), "`nothing` has no result"),
        (
            refused(SINK, "gives-foreign", fixed(Some(value("gives-foreign", "some(thing#1)")))),
            "`gives-foreign` cannot give this answer: it holds a handle of `thing` of t:sink/things@1.0.0, and a stub",
        ),
    ];
    for (said, expected) in says {
        assert!(said.starts_with(expected), "{said}");
    }
    let rule = |parameter: &str, equals: Value| Behavior {
        rules: vec![Rule { when: vec![condition(parameter, equals)], answer: Answer::Trap }],
        ..Behavior::default()
    };
    assert!(refused(SINK, "a-u8", rule("b", Value::U8(1))).contains("has no parameter `b` (rule 1)"));
    assert!(refused(SINK, "a-u8", rule("a", Value::U32(1))).contains("never gets this value for `a` (rule 1)"));
    let mut twice = rule("a", Value::U8(1));
    twice.rules[0].when.push(condition("a", Value::U8(2)));
    assert!(refused(SINK, "a-u8", twice).contains("has two values for `a` in one rule (rule 1)"));
    let mut many = rule("a", Value::U8(1));
    many.rules = vec![many.rules[0].clone(); MOST_RULES + 1];
    assert!(refused(SINK, "a-u8", many).contains("has 1001 rules, and a stub tries at most 1000"));
    let long = Value::List(vec![Value::List(vec![Value::String("x".into()); 30_000]); 3]);
    let mut long = rule("a", long);
    long.otherwise = Answer::Fixed(Some(Value::List(Vec::new())));
    assert!(refused(SINK, "nested", long).contains("the values of all rules together are too large"));
    let foreign = value("gives-foreign", "some(thing#1)");
    let Value::Option(Some(foreign)) = foreign else { panic!() };
    let mut behavior = rule("b", *foreign);
    behavior.otherwise = Answer::Fixed(Some(Value::U8(1)));
    assert!(refused(SINK, "lends", behavior).contains("cannot compare `b` (rule 1): a rule can ask only for borrowed"));
}

/// The answers, as the engine gives them.
#[cfg(feature = "run")]
mod runs {
    use super::*;
    use crate::call::{CallEvent, CallRequest, Caller, JobId, Outcome};
    use crate::runner::InProcess;
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
            component: &Component,
            interface: Option<&str>,
            function: &str,
            arguments: Vec<Value>,
        ) -> Outcome {
            self.jobs += 1;
            let job = JobId(self.jobs);
            self.caller.call(CallRequest {
                job,
                bytes: Arc::clone(&component.bytes),
                digest: component.digest,
                asked_by: Vec::new(),
                taps: Vec::new(),
                grants: Default::default(),
                interface: interface.map(str::to_owned),
                function: function.to_owned(),
                arguments,
            });
            loop {
                for event in self.caller.poll() {
                    if let CallEvent::Finished(_, finished) = event {
                        return finished.outcome;
                    }
                }
                self.bell.recv_timeout(Duration::from_secs(120)).expect("an answer in time");
            }
        }

        fn value(&mut self, component: &Component, function: &str, arguments: Vec<Value>) -> Option<Value> {
            match self.call(component, Some(SINK), function, arguments) {
                Outcome::Returned(value) => value,
                other => panic!("{function}: {other:?}"),
            }
        }
    }

    fn is_plain(component: &Component, function: &Function) -> bool {
        let types = function.params.iter().map(|p| p.ty).chain(function.result);
        types.into_iter().all(|ty| !default_text(component, ty).contains('#')) && !function.name.contains(']')
    }

    /// Whether handles are in it cannot be seen from a name; the fixture's functions with handles are named here.
    fn default_text(component: &Component, ty: crate::component::Type) -> String {
        let text = component.types.text(ty);
        if text.contains("thing") || text.contains("tap") { "#".to_owned() } else { text }
    }

    #[test]
    fn fixed_answers_arrive_exactly_and_the_rest_traps() {
        let kitchen = kitchen();
        let things = component("things.wasm", KITCHEN, "things-of");
        let import = kitchen.import(SINK).unwrap();
        let mut bench = Bench::new();
        for seed in 1..=5 {
            let mut random = Random::new(seed);
            let spec = all(&kitchen, import, |f| {
                is_plain(&kitchen, f).then(|| random.value(&kitchen.type_ref(f.result.unwrap())))
            });
            assert!(spec.functions.len() >= 29, "{}", spec.functions.len());
            let stub = with_things(&made(&kitchen, SINK, &spec), &things);
            for function in import.functions().iter().filter(|f| is_plain(&kitchen, f)) {
                let behavior = &spec.functions[&function.name];
                let arguments = |random: &mut Random| -> Vec<Value> {
                    function.params.iter().map(|p| random.value(&kitchen.type_ref(p.ty))).collect()
                };
                for _ in 0..2 {
                    let found = bench.value(&stub, &function.name, arguments(&mut random));
                    let Answer::Fixed(wanted) = &behavior.otherwise else { panic!() };
                    match (&found, wanted) {
                        (Some(found), Some(wanted)) => {
                            assert!(same(found, wanted), "{seed} {}: {found:?} {wanted:?}", function.name);
                        }
                        other => assert_eq!(other, (&None, &None), "{}", function.name),
                    }
                }
            }
        }
        let traps = with_things(&made(&kitchen, SINK, &StubSpec::default()), &things);
        let Outcome::Trapped(trap) = bench.call(&traps, Some(SINK), "a-u8", vec![Value::U8(1)]) else { panic!() };
        assert!(trap.frames.iter().any(|f| f.contains("the stub traps in a-u8")), "{trap:?}");
    }

    /// The stub with an implementation of the interface whose resources it speaks of, which only its types are of.
    fn with_things(stub: &Arc<Component>, things: &Arc<Component>) -> Arc<Component> {
        let name = "t:sink/things@1.0.0";
        let library: Library = [stub, things].into_iter().map(|c| (c.digest, Arc::clone(c))).collect();
        let mut composition = Composition::default();
        let edits = [
            Edit::AddInstance { name: "stub".into(), component: stub.digest },
            Edit::AddInstance { name: "things".into(), component: things.digest },
            Edit::Connect { from: Port::new("things", name), to: Port::new("stub", name) },
            Edit::Export { from: Port::new("things", name), name: name.into() },
            Edit::Export { from: Port::new("stub", SINK), name: SINK.into() },
        ];
        for edit in edits {
            composition = apply(&composition, &library, &edit).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        }
        let encoded = encode(&composition, &library).unwrap_or_else(|e| panic!("{e:#?}"));
        Arc::new(decode("result.wasm", encoded.bytes.into()))
    }

    #[test]
    fn a_rule_answers_for_its_value_and_for_no_other() {
        let kitchen = kitchen();
        let things = component("things.wasm", KITCHEN, "things-of");
        let import = kitchen.import(SINK).unwrap();
        let mut bench = Bench::new();
        for seed in 1..=5 {
            let mut random = Random::new(seed);
            let mut spec = StubSpec::default();
            let functions: Vec<&Function> = import.functions().iter().filter(|f| is_plain(&kitchen, f)).collect();
            for function in functions.iter().filter(|f| f.result.is_some()) {
                let mut value = |ty| random.value(&kitchen.type_ref(ty));
                let mut rules = Vec::new();
                for param in &function.params {
                    let (equals, answer) = (value(param.ty), Answer::Fixed(Some(value(function.result.unwrap()))));
                    rules.push(Rule { when: vec![condition(&param.name, equals)], answer });
                }
                let otherwise = Answer::Fixed(Some(value(function.result.unwrap())));
                spec.functions.insert(function.name.clone(), Behavior { rules, otherwise, recorded: false });
            }
            let stub = with_things(&made(&kitchen, SINK, &spec), &things);
            for function in functions.iter().filter(|f| f.result.is_some()) {
                let behavior = &spec.functions[&function.name];
                for hit in (0..function.params.len()).map(Some).chain([None]) {
                    let mut arguments: Vec<Value> =
                        function.params.iter().map(|p| random.value(&kitchen.type_ref(p.ty))).collect();
                    if let Some(hit) = hit {
                        arguments[hit] = behavior.rules[hit].when[0].equals.clone();
                    }
                    // NaN is NaN, and zero has no sign.
                    let plain = |v: &Value| format!("{v:?}").replace("-0.0", "0.0");
                    let mut rules = behavior.rules.iter().zip(&arguments);
                    let rule = rules.find(|(r, a)| plain(&r.when[0].equals) == plain(a));
                    let Answer::Fixed(Some(wanted)) = rule.map_or(&behavior.otherwise, |(r, _)| &r.answer) else {
                        panic!()
                    };
                    let found = bench.value(&stub, &function.name, arguments.clone()).unwrap();
                    assert!(same(&found, wanted), "{seed} {} {arguments:?}: {found:?}", function.name);
                }
            }
        }
    }

    #[test]
    fn a_rule_of_several_arguments_holds_if_all_of_them_do() {
        let kitchen = kitchen();
        let things = component("things.wasm", KITCHEN, "things-of");
        let import = kitchen.import(SINK).unwrap();
        let wide = import.functions().iter().find(|f| f.name == "wide").unwrap();
        let mut bench = Bench::new();
        for seed in 1..=3 {
            let mut random = Random::new(seed);
            let mut arguments = || wide.params.iter().map(|p| random.value(&kitchen.type_ref(p.ty))).collect();
            let (all, other): (Vec<Value>, Vec<Value>) = (arguments(), arguments());
            let answer = |n: u16| Answer::Fixed(Some(Value::List(vec![Value::U16(n)])));
            let when = |of: &[usize]| of.iter().map(|i| condition(&wide.params[*i].name, all[*i].clone())).collect();
            let rules = vec![
                Rule { when: when(&[0, 1, 2, 3, 4, 5]), answer: answer(6) },
                Rule { when: when(&[3, 5]), answer: answer(2) },
                Rule { when: when(&[]), answer: answer(0) },
            ];
            let behavior = Behavior { rules, otherwise: Answer::Trap, recorded: false };
            let spec = StubSpec { functions: BTreeMap::from([("wide".to_owned(), behavior)]) };
            let stub = with_things(&made(&kitchen, SINK, &spec), &things);
            let mut found = |arguments: &[Value]| bench.value(&stub, "wide", arguments.to_vec());
            let list = |n: u16| Some(Value::List(vec![Value::U16(n)]));
            assert_eq!(found(&all), list(6));
            for i in 0..6 {
                let mut but_one = all.clone();
                but_one[i] = other[i].clone();
                let wanted = match i {
                    _ if same(&all[i], &other[i]) => 6,
                    3 | 5 => 0,
                    _ => 2,
                };
                assert_eq!(found(&but_one), list(wanted), "{seed} {i}");
            }
        }
    }

    #[test]
    fn functions_that_wait_answer_at_once() {
        let consumer = component("waits.wasm", LATER, "waits");
        let import = consumer.import("t:later/later@1.0.0").unwrap();
        let mut bench = Bench::new();
        let mut random = Random::new(7);
        let functions = ["plain", "soon", "wide", "nothing", "many"];
        let functions: Vec<_> = import.functions().iter().filter(|f| functions.contains(&f.name.as_str())).collect();
        let answer = |f: &&Function| {
            let ty = f.result.map(|ty| consumer.type_ref(ty));
            (f.name.clone(), fixed(ty.map(|ty| Random::new(3).value(&ty))))
        };
        let spec = StubSpec { functions: functions.iter().map(answer).collect() };
        let stub = made(&consumer, &import.name, &spec);
        for function in functions {
            let arguments = function.params.iter().map(|p| random.value(&consumer.type_ref(p.ty))).collect();
            let Answer::Fixed(wanted) = spec.functions[&function.name].otherwise.clone() else { panic!() };
            let outcome = bench.call(&stub, Some(&import.name), &function.name, arguments);
            assert_eq!(outcome, Outcome::Returned(wanted), "{}", function.name);
        }
    }

    /// Gives a stream to `takes`, and then writes to it: what comes of that is the result.
    const WRITER: &str = r#"(component
        (type $stream (stream u32))
        (import "t:streams/sink" (instance $sink
            (type $stream (stream u32))
            (export "takes" (func (param "s" $stream) (param "n" u32) (result u32)))))
        (core module $memory (memory (export "memory") 1))
        (core instance $memory (instantiate $memory))
        (core func $new (canon stream.new $stream))
        (core func $write (canon stream.write $stream async (memory $memory "memory")))
        (core func $takes (canon lower (func $sink "takes")))
        (core module $code
            (import "" "new" (func $new (result i64)))
            (import "" "write" (func $write (param i32 i32 i32) (result i32)))
            (import "" "takes" (func $takes (param i32 i32) (result i32)))
            (func (export "run") (result i32)
                (local $ends i64)
                (local.set $ends (call $new))
                (drop (call $takes (i32.wrap_i64 (local.get $ends)) (i32.const 1)))
                (call $write (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 0) (i32.const 1))))
        (core instance $code (instantiate $code (with "" (instance
            (export "new" (func $new)) (export "write" (func $write)) (export "takes" (func $takes))))))
        (func (export "run") (result u32) (canon lift (core func $code "run"))))"#;

    #[test]
    fn who_writes_to_a_stub_learns_that_nobody_reads() {
        let writer = Arc::new(decode("writer.wasm", wat::parse_str(WRITER).unwrap().into()));
        assert!(writer.diagnostics.is_empty(), "{:?}", writer.diagnostics);
        let spec = StubSpec { functions: [("takes".to_owned(), fixed(Some(Value::U32(5))))].into() };
        let stub = made(&writer, "t:streams/sink", &spec);
        let (composition, library) = wired(&writer, &[("t:streams/sink".to_owned(), stub)]);
        let encoded = encode(&composition, &library).unwrap_or_else(|e| panic!("{e:#?}"));
        let result = decode("result.wasm", encoded.bytes.into());
        // Dropped, with nothing read.
        assert_eq!(Bench::new().call(&result, None, "run", vec![]), Outcome::Returned(Some(Value::U32(1))));
    }

    #[test]
    fn handles_are_made_recognized_and_let_go() {
        let kitchen = kitchen();
        let wave = |function: &str, text: &str, in_things: bool| {
            let import = kitchen.import(if in_things { "t:sink/things@1.0.0" } else { SINK }).unwrap();
            let function = import.functions().iter().find(|f| f.name == function).unwrap();
            fixed(function.result.map(|ty| parse_wave(text, &kitchen.type_ref(ty)).unwrap()))
        };
        let answers = [
            ("[constructor]tap", "tap#5"),
            ("[static]tap.spare", "[tap#1, tap#2, tap#3]"),
            ("[static]tap.pair", "(9, tap#8)"),
            ("[method]tap.flow", "err(\"dry\")"),
            ("handles", "1"),
            ("handles-inside", "\"in\""),
            ("lends", "2"),
            ("takes", "some(tap#6)"),
            ("gives-foreign", "none"),
        ];
        let mut spec = StubSpec::default();
        spec.functions.extend(answers.map(|(name, text)| (name.to_owned(), wave(name, text, false))));
        // Methods of one of the taps answer otherwise.
        let flow = spec.functions.get_mut("[method]tap.flow").unwrap();
        let equals = Value::Handle(crate::value::Handle { number: 2, generation: 0, resource: "tap".into() });
        let Answer::Fixed(_) = &flow.otherwise else { panic!() };
        let answer = Answer::Fixed(Some(Value::Result(Ok(Some(Box::new(Value::U32(77)))))));
        flow.rules.push(Rule { when: vec![condition("self", equals)], answer });

        let things = "t:sink/things@1.0.0";
        let of_things = StubSpec {
            functions: [("[constructor]thing", "thing#1"), ("[method]thing.size", "18446744073709551615")]
                .map(|(name, text)| (name.to_owned(), wave(name, text, true)))
                .into(),
        };
        let stub = with_things(&made(&kitchen, SINK, &spec), &made(&kitchen, things, &of_things));
        let mut bench = Bench::new();
        let (one, two) = (thing_of(&mut bench, &stub), thing_of(&mut bench, &stub));
        let size = bench.call(&stub, Some(things), "[method]thing.size", vec![one.clone()]);
        assert_eq!(size, Outcome::Returned(Some(Value::U64(u64::MAX))));

        let spare = bench.value(&stub, "[static]tap.spare", vec![]).unwrap();
        let Value::List(taps) = spare else { panic!("{spare:?}") };
        for (i, tap) in taps.iter().enumerate() {
            let wanted = if i == 1 {
                Ok(Some(Box::new(Value::U32(77))))
            } else {
                Err(Some(Box::new(Value::String("dry".into()))))
            };
            let found = bench.value(&stub, "[method]tap.flow", vec![tap.clone(), Value::F32(1.0)]);
            assert_eq!(found, Some(Value::Result(wanted)));
        }
        let pair = bench.value(&stub, "[static]tap.pair", vec![]).unwrap();
        assert!(matches!(&pair, Value::Tuple(parts) if matches!(parts.as_slice(), [Value::U8(9), Value::Handle(_)])));
        let lent = bench.value(&stub, "lends", vec![taps[0].clone(), one.clone()]);
        assert_eq!(lent, Some(Value::U8(2)));
        let some = |v: Value| Value::Option(Some(Box::new(v)));
        let arguments = vec![
            Value::List(vec![one.clone(), two.clone(), one.clone()]),
            some(thing_of(&mut bench, &stub)),
            Value::Result(Err(Some(Box::new(two.clone())))),
        ];
        assert_eq!(bench.value(&stub, "handles", arguments), Some(Value::U32(1)));
        let inside = [some(one.clone()), Value::Option(None), some(two)];
        let inside = inside.map(|v| Value::Tuple(vec![Value::U8(1), v])).to_vec();
        let arguments = vec![Value::List(inside), Value::List(taps[..2].to_vec())];
        assert_eq!(bench.value(&stub, "handles-inside", arguments), Some(Value::String("in".into())));
        let taken = bench.value(&stub, "takes", vec![taps[2].clone(), Value::String("x".repeat(200_000))]);
        assert!(matches!(taken, Some(Value::Option(Some(_)))), "{taken:?}");
        // What was given away is gone.
        let outcome = bench.call(&stub, Some(SINK), "lends", vec![taps[2].clone(), one]);
        assert!(!matches!(outcome, Outcome::Returned(_)), "{outcome:?}");
    }

    fn thing_of(bench: &mut Bench, stub: &Component) -> Value {
        match bench.call(stub, Some("t:sink/things@1.0.0"), "[constructor]thing", vec![Value::U32(3)]) {
            Outcome::Returned(Some(value)) => value,
            other => panic!("{other:?}"),
        }
    }
}

const LATER: &str = "package t:later@1.0.0;
    interface later {
        resource job { constructor(n: u32); wait: async func() -> u32; }
        plain: func(n: u32) -> u32;
        soon: async func(n: u32, text: string) -> string;
        wide: async func(a: string, b: string, c: u64) -> tuple<string, u64>;
        nothing: async func();
        many: async func(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: u64, j: u64, k: u64, l: u64,
            m: u64, n: u64, o: u64, p: u64, q: u64) -> u64;
        gives-stream: func(n: u32) -> stream<u32>;
        gives-future: func() -> tuple<u8, future<string>>;
        maybe-stream: func() -> option<stream<u8>>;
        takes-stream: func(s: stream<u32>, n: u32) -> u32;
        takes-future: func(f: future<string>) -> u32;
        takes-many: async func(s: list<option<stream<u8>>>, f: result<future, u32>) -> u8;
    }
    world waits { import later; import go: async func(n: u32) -> u32; export run: func(); }";

#[test]
fn functions_that_wait_have_stubs_and_streams_are_refused_as_answers_only() {
    let consumer = component("waits.wasm", LATER, "waits");
    for import in &consumer.imports {
        for function in import.functions() {
            let value = function.result.map(|ty| default_value(&consumer.type_ref(ty)));
            let spec = StubSpec { functions: [(function.name.clone(), fixed(value))].into() };
            let why = match function.name.as_str() {
                "[constructor]job" => continue,
                "gives-stream" => "`gives-stream` cannot give this answer: stream<u32> cannot be given as a value here",
                "gives-future" => {
                    "`gives-future` cannot give this answer: [1]: future<string> cannot be given as a value here"
                }
                _ => {
                    let stub = made(&consumer, &import.name, &spec);
                    let export = stub.export(&import.name).unwrap();
                    assert_eq!(compare_interfaces(&consumer, import, &stub, export), [], "{}", function.name);
                    continue;
                }
            };
            assert_eq!(stub(&consumer, &import.name, &spec).unwrap_err().to_string(), why);
        }
        made(&consumer, &import.name, &StubSpec::default());
    }
    let mut behavior = fixed(Some(Value::U32(1)));
    let stream = Value::Opaque("stream".into());
    behavior.rules = vec![Rule { when: vec![condition("s", stream)], answer: Answer::Trap }];
    let spec = StubSpec { functions: [("takes-stream".to_owned(), behavior)].into() };
    let said = stub(&consumer, "t:later/later@1.0.0", &spec).unwrap_err().to_string();
    assert!(said.contains("never gets this value for `s` (rule 1)"), "{said}");
}

/// A type that is many as a tree makes no work that grows like one.
#[test]
fn shared_types_with_streams_are_refused_in_time() {
    for (leaf, why) in [("stream<u8>", Some("has too many kinds of arguments with streams")), ("u8", None)] {
        let mut wit = format!("package t:deep; interface i {{ type t0 = {leaf}; ");
        (1..15).for_each(|n| wit.push_str(&format!("record r{n} {{ a: t{0}, b: t{0} }} type t{n} = r{n}; ", n - 1)));
        wit.push_str("f: func(a: list<t14>) -> u8; } world w { import i; export run: func(); }");
        let consumer = component("deep.wasm", &wit, "w");
        let spec = StubSpec { functions: [("f".to_owned(), fixed(Some(Value::U8(1))))].into() };
        let made = stub(&consumer, "t:deep/i", &spec);
        match why {
            Some(why) => assert!(made.unwrap_err().to_string().contains(why)),
            None => assert!(made.is_ok(), "{made:?}"),
        }
    }
}

const PARTLY: &str = "package t:partly;
    interface files { resource file; }
    interface partly {
        use files.{file};
        variant found { later(future<u8>), here(file), gone(string), unknown }
        open: func(name: string) -> result<file, found>;
        read: func(source: result<stream<u8>, string>) -> result<stream<u8>, u32>;
        pair: func() -> tuple<result<file>, found>;
    }
    world w { import partly; export run: func(); }";

#[test]
fn the_first_value_of_an_answer_is_one_that_can_be_given() {
    let consumer = component("partly.wasm", PARTLY, "w");
    let import = consumer.import("t:partly/partly").unwrap();
    let wanted = [("open", "err(gone(\"\"))"), ("read", "err(0)"), ("pair", "(err, gone(\"\"))")];
    for (name, wave) in wanted {
        let function = import.functions().iter().find(|f| f.name == name).unwrap();
        let value = super::first_value(&consumer, import, function.result.unwrap(), false);
        assert_eq!(to_wave(&value), wave);
        let mut behavior = fixed(Some(value));
        if let Some(param) = function.params.first() {
            let equals = super::first_value(&consumer, import, param.ty, true);
            assert_eq!(to_wave(&equals), if name == "read" { "err(\"\")" } else { "\"\"" });
            behavior.rules = vec![Rule { when: vec![condition(&param.name, equals)], answer: Answer::Trap }];
        }
        let spec = StubSpec { functions: [(name.to_owned(), behavior)].into() };
        made(&consumer, &import.name, &spec);
    }
}
