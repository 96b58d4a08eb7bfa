// embed.mjs CORE WIT-FILE WORLD ENCODING OUT: writes a world into a core module.
// The command "jco embed" does the same, but cannot read the WIT on every file system.
import { readFile, writeFile } from "node:fs/promises";
import { componentEmbed } from "../.build/npm/node_modules/@bytecodealliance/jco-transpile/dist/wasm-tools.js";

const [core, wit, world, stringEncoding, out] = process.argv.slice(2);
const binary = await readFile(core);
const witSource = await readFile(wit, "utf8");
await writeFile(out, await componentEmbed({ binary, witSource, world, stringEncoding }));
