;; techbytes:mischief/trap by hand: each function ends in another kind of trap.
;; The $names are kept in the name section, so that a backtrace can show them.
(component
  (core module $trap
    (memory 1)
    (func $inner unreachable)
    (func $middle (call $inner))
    (func $outer (export "outer") (call $middle))
    (func $divide (export "divide") (param $a i32) (param $b i32) (result i32)
      (i32.div_s (local.get $a) (local.get $b)))
    (func $peek (export "peek") (param $at i32) (result i32)
      (i32.load8_u (local.get $at)))
    (func $descend (export "descend") (param $levels i32) (result i32)
      (if (result i32) (i32.eqz (local.get $levels))
        (then (i32.const 0))
        (else (i32.add (i32.const 1)
          (call $descend (i32.sub (local.get $levels) (i32.const 1))))))))
  (core instance $i (instantiate $trap))
  (func $outer (canon lift (core func $i "outer")))
  (func $divide (param "a" s32) (param "b" s32) (result s32) (canon lift (core func $i "divide")))
  (func $peek (param "at" u32) (result u8) (canon lift (core func $i "peek")))
  (func $descend (param "levels" u32) (result u32) (canon lift (core func $i "descend")))
  (instance $out
    (export "outer" (func $outer))
    (export "divide" (func $divide))
    (export "peek" (func $peek))
    (export "descend" (func $descend)))
  (export "techbytes:mischief/trap" (instance $out)))
