;; techbytes:mischief/loop by hand: what must be stopped from outside.
(component
  (core module $loop
    (func $spin (export "spin")
      (loop $forever (br $forever)))
    (func $count_to (export "count-to") (param $n i64) (result i64)
      (local $i i64)
      (block $done
        (loop $next
          (br_if $done (i64.ge_u (local.get $i) (local.get $n)))
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br $next)))
      (local.get $i)))
  (core instance $i (instantiate $loop))
  (func $spin (canon lift (core func $i "spin")))
  (func $count-to (param "n" u64) (result u64) (canon lift (core func $i "count-to")))
  (instance $out
    (export "spin" (func $spin))
    (export "count-to" (func $count-to)))
  (export "techbytes:mischief/loop" (instance $out)))
