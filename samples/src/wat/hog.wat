;; techbytes:mischief/hog by hand: asks for memory until it is refused. It never
;; writes to what it gets, so a system that hands out pages on first use stays calm.
(component
  (core module $hog
    (memory 1)
    (func $size (export "size") (result i32) (memory.size))
    (func $take (export "take") (param $pages i32) (result i32)
      (i32.ne (memory.grow (local.get $pages)) (i32.const -1)))
    ;; 16 pages, 1 MiB, at a time
    (func $eat (export "eat") (result i32)
      (local $got i32)
      (block $full
        (loop $more
          (br_if $full (i32.eqz (call $take (i32.const 16))))
          (local.set $got (i32.add (local.get $got) (i32.const 16)))
          (br $more)))
      (local.get $got))
    (func $eat_all (export "eat-all")
      (drop (call $eat))
      unreachable))
  (core instance $i (instantiate $hog))
  (func $size (result u32) (canon lift (core func $i "size")))
  (func $take (param "pages" u32) (result bool) (canon lift (core func $i "take")))
  (func $eat (result u32) (canon lift (core func $i "eat")))
  (func $eat-all (canon lift (core func $i "eat-all")))
  (instance $out
    (export "size" (func $size))
    (export "take" (func $take))
    (export "eat" (func $eat))
    (export "eat-all" (func $eat-all)))
  (export "techbytes:mischief/hog" (instance $out)))
