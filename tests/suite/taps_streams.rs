//! Streams and futures over tapped wires: what is read at the other end is the same.

use crate::desk::Desk;
use wirebench::call::Outcome;
use wirebench::compose::{Edit, Port};
use wirebench::project::Target;
use wirebench::session::Command;
use wirebench::value::to_wave;

/// Gives a stream of 1, 2, 3 and a future of 42, by functions that wait and by others, and a stream back as it came.
const SOURCE: &str = r#"(component
  (type $bytes (stream u8))
  (type $later (future u32))
  (core module $memory
    (memory (export "memory") 1)
    (data (i32.const 0) "\01\02\03")
    (data (i32.const 8) "\2a\00\00\00"))
  (core instance $memory (instantiate $memory))
  (core func $stream-new (canon stream.new $bytes))
  (core func $stream-write (canon stream.write $bytes async (memory $memory "memory")))
  (core func $future-new (canon future.new $later))
  (core func $future-write (canon future.write $later async (memory $memory "memory")))
  (core module $code
    (import "" "stream-new" (func $stream-new (result i64)))
    (import "" "stream-write" (func $stream-write (param i32 i32 i32) (result i32)))
    (import "" "future-new" (func $future-new (result i64)))
    (import "" "future-write" (func $future-write (param i32 i32) (result i32)))
    (func (export "bytes") (result i32)
      (local $ends i64)
      (local.set $ends (call $stream-new))
      (drop (call $stream-write
        (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 0) (i32.const 3)))
      (i32.wrap_i64 (local.get $ends)))
    (func (export "later") (result i32)
      (local $ends i64)
      (local.set $ends (call $future-new))
      (drop (call $future-write (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 8)))
      (i32.wrap_i64 (local.get $ends)))
    (func (export "back") (param i32) (result i32) (local.get 0)))
  (core instance $code (instantiate $code (with "" (instance
    (export "stream-new" (func $stream-new)) (export "stream-write" (func $stream-write))
    (export "future-new" (func $future-new)) (export "future-write" (func $future-write))))))
  (func $bytes (result $bytes) (canon lift (core func $code "bytes")))
  (func $later (result $later) (canon lift (core func $code "later")))
  (func $back (param "s" $bytes) (result $bytes) (canon lift (core func $code "back")))
  (func $slow-bytes async (result $bytes) (canon lift (core func $code "bytes")))
  (func $slow-later async (result $later) (canon lift (core func $code "later")))
  (instance $source
    (export "bytes" (func $bytes)) (export "later" (func $later)) (export "back" (func $back))
    (export "slow-bytes" (func $slow-bytes)) (export "slow-later" (func $slow-later)))
  (export "t:pipe/source" (instance $source)))"#;

/// Reads them, and adds up what it read.
const READER: &str = r#"(component
  (type $bytes (stream u8))
  (type $later (future u32))
  (import "t:pipe/source" (instance $source
    (type $bytes (stream u8))
    (type $later (future u32))
    (export "bytes" (func (result $bytes)))
    (export "later" (func (result $later)))
    (export "back" (func (param "s" $bytes) (result $bytes)))
    (export "slow-bytes" (func async (result $bytes)))
    (export "slow-later" (func async (result $later)))))
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $stream-read (canon stream.read $bytes async (memory $memory "memory")))
  (core func $future-read (canon future.read $later async (memory $memory "memory")))
  (core func $bytes (canon lower (func $source "bytes")))
  (core func $later (canon lower (func $source "later")))
  (core func $back (canon lower (func $source "back")))
  (core func $slow-bytes (canon lower (func $source "slow-bytes")))
  (core func $slow-later (canon lower (func $source "slow-later")))
  (core module $code
    (import "" "memory" (memory 1))
    (import "" "stream-read" (func $stream-read (param i32 i32 i32) (result i32)))
    (import "" "future-read" (func $future-read (param i32 i32) (result i32)))
    (import "" "bytes" (func $bytes (result i32)))
    (import "" "later" (func $later (result i32)))
    (import "" "back" (func $back (param i32) (result i32)))
    (import "" "slow-bytes" (func $slow-bytes (result i32)))
    (import "" "slow-later" (func $slow-later (result i32)))
    (func $read-bytes (param $stream i32) (result i32)
      ;; Three of them, at once.
      (if (i32.ne (call $stream-read (local.get $stream) (i32.const 0) (i32.const 16)) (i32.const 0x30))
        (then (unreachable)))
      (i32.add
        (i32.mul (i32.load8_u (i32.const 0)) (i32.const 100))
        (i32.add (i32.mul (i32.load8_u (i32.const 1)) (i32.const 10)) (i32.load8_u (i32.const 2)))))
    (func $read-later (param $future i32) (result i32)
      (if (call $future-read (local.get $future) (i32.const 32)) (then (unreachable)))
      (i32.load (i32.const 32)))
    (func (export "sum") (result i32) (call $read-bytes (call $bytes)))
    (func (export "answer") (result i32) (call $read-later (call $later)))
    (func (export "round") (result i32) (call $read-bytes (call $back (call $back (call $bytes)))))
    (func (export "slow-sum") (result i32) (call $read-bytes (call $slow-bytes)))
    (func (export "slow-answer") (result i32) (call $read-later (call $slow-later))))
  (core instance $code (instantiate $code (with "" (instance
    (export "memory" (memory $memory "memory"))
    (export "stream-read" (func $stream-read)) (export "future-read" (func $future-read))
    (export "bytes" (func $bytes)) (export "later" (func $later)) (export "back" (func $back))
    (export "slow-bytes" (func $slow-bytes)) (export "slow-later" (func $slow-later))))))
  (func (export "sum") (result u32) (canon lift (core func $code "sum")))
  (func (export "answer") (result u32) (canon lift (core func $code "answer")))
  (func (export "round") (result u32) (canon lift (core func $code "round")))
  (func (export "slow-sum") async (result u32) (canon lift (core func $code "slow-sum")))
  (func (export "slow-answer") async (result u32) (canon lift (core func $code "slow-answer"))))"#;

#[test]
fn streams_and_futures_are_the_same_behind_a_tap() {
    let mut desk = Desk::new();
    for (name, text) in [("source", SOURCE), ("reader", READER)] {
        desk.apply(Command::OpenBytes(format!("{name}.wat"), text.as_bytes().into()));
        let component = desk.session.library().values().find(|c| c.name == name);
        let component = component.unwrap_or_else(|| panic!("{}", desk.said())).digest;
        desk.edit(Edit::AddInstance { name: name.into(), component });
    }
    desk.connect(("source", "t:pipe/source"), ("reader", "t:pipe/source"));
    let calls = [("sum", 123, 1), ("answer", 42, 1), ("round", 123, 3), ("slow-sum", 123, 1), ("slow-answer", 42, 1)];
    for (name, ..) in calls {
        desk.edit(Edit::Export { from: Port::new("reader", name), name: name.into() });
    }
    for on in [false, true] {
        desk.edit(Edit::Tap { to: Port::new("reader", "t:pipe/source"), on });
        let composed = desk.session.composed().unwrap_or_else(|| panic!("{:?}", desk.session.problems()));
        assert_eq!(composed.untapped, []);
        for (name, wanted, crossed) in calls {
            desk.apply(Command::Reset(Target::Composition));
            let run = desk.call(Target::Composition, &format!("{name}()"));
            let Some(Outcome::Returned(Some(value))) = run.outcome() else { panic!("{name}: {:?}", run.outcome()) };
            assert_eq!(to_wave(value), wanted.to_string(), "{name}, tapped: {on}");
            assert_eq!(run.taps.calls.len(), if on { crossed } else { 0 }, "{name}");
        }
    }
}
