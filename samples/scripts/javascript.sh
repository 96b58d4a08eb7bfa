#!/bin/sh
# JavaScript and AssemblyScript samples: javascript.sh [quickjs|starling|assemblyscript...], all by default.
# Needs node and npm. QuickJS gives 1 MB and is committed; StarlingMonkey gives 12 MB and stays in .build.
. "$(dirname "$0")/env.sh"
[ -d "$build/js/node_modules" ] || {
  mkdir -p "$build/js"
  (cd "$build/js" && echo '{"private":true,"type":"module"}' > package.json &&
    npm install --silent --save-exact componentize-qjs@0.4.5 @bytecodealliance/componentize-js@0.23.0 assemblyscript@0.28.20)
}
[ $# -gt 0 ] || set -- quickjs starling assemblyscript
for which in "$@"; do
  echo "javascript: $which"
  case $which in
    quickjs)
      f=$out/fraud-check-js.wasm
      node "$build/js/node_modules/componentize-qjs/bin/componentize-qjs" -w "$wit/payments" -n checkout \
        -j "$src/js/fraud-check-qjs.js" --opt-size --stub-wasi --sync -o "$f" > /dev/null
      python3 scripts/scrub.py "$f" ;;
    starling)
      # jco's own componentize command stumbles over some file systems; its library does not.
      cat > "$build/js/starling.mjs" <<'M'
import { componentize } from "@bytecodealliance/componentize-js";
import { writeFile } from "node:fs/promises";
const [sourcePath, witPath, worldName, out] = process.argv.slice(2);
const { component } = await componentize({ sourcePath, witPath, worldName,
  disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"] });
await writeFile(out, component);
M
      node "$build/js/starling.mjs" "$src/js/fraud-check.js" "$wit/payments" checkout "$build/fraud-check-starlingmonkey.wasm"
      python3 scripts/scrub.py "$build/fraud-check-starlingmonkey.wasm" ;;
    assemblyscript)
      a=$build/assemblyscript; mkdir -p "$a"
      "$build/js/node_modules/.bin/asc" "$src/assemblyscript/fraud_check.ts" --textFile "$a/core.wat" -O3z --runtime stub --use abort=
      # AssemblyScript cannot name an export with a slash in it.
      sed 's|(export "check"|(export "techbytes:payments/fraud-check#check"|' "$a/core.wat" > "$a/named.wat"
      jco parse "$a/named.wat" -o "$a/core.wasm"
      node scripts/embed.mjs "$a/core.wasm" "$wit/payments/payments.wit" checkout utf16 "$a/embedded.wasm"
      jco new "$a/embedded.wasm" -o "$out/fraud-check-assemblyscript.wasm" ;;
  esac
done
