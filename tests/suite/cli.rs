//! The command line through the built program. What it says is compared with `tests/suite/expected/*.txt`; to write
//! these anew: `UPDATE_EXPECTED=1 cargo test --test suite cli`, then look at what changed.

use crate::desk::Desk;
use crate::support::{PATIENCE, sample_bytes};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::channel;
use tempfile::TempDir;
use wirebench::compose::Edit;
use wirebench::session::{self, Change};

const CHECK: &str = "techbytes:payments/fraud-check";
const ADDER: &str = "samples/components/adder-wat.wasm";
const LEDGER: &str = "samples/components/ledger-rust.wasm";
const TOOLBOX: &str = "samples/components/toolbox-rust.wasm";

/// Runs the program in the project's folder.
fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirebench"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    let (done, wait) = channel();
    std::thread::spawn(move || done.send(command.output()));
    let output = wait.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{arguments:?} does not end"));
    output.expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what is printed is UTF-8")
}

/// Commands and what they said, for the eye and for comparison.
struct Transcript {
    folder: TempDir,
    text: String,
}

impl Transcript {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), text: String::new() }
    }

    /// A path in the test's folder, which a transcript shows as `FOLDER`.
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
        self.path(name)
    }

    /// Runs a command; gives its status.
    fn run(&mut self, arguments: &[&str]) -> i32 {
        let output = run(arguments);
        let status = output.status.code();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let status = status.unwrap_or_else(|| panic!("{arguments:?}: {}\n{stdout}{stderr}", output.status));
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
        let words: Vec<_> = arguments.iter().map(|a| wirebench::grant::shell_quote(a)).collect();
        let _ = write!(self.text, "$ wirebench {}\n{stdout}", words.join(" "));
        stderr.lines().for_each(|line| _ = writeln!(self.text, "! {line}"));
        let _ = write!(self.text, "[{status}]\n\n");
        status
    }

    /// Compares with what is expected, or writes it.
    fn check(self, name: &str) {
        let folder = self.folder.path().canonicalize().unwrap();
        let times = regex_lite::Regex::new(r" +[0-9.]+ (ns|µs|ms|s)\b").unwrap();
        let nanos = regex_lite::Regex::new(r#""nanos": [0-9]+"#).unwrap();
        let found = self.text.replace(&folder.display().to_string(), "FOLDER");
        let found = found.replace(&self.folder.path().display().to_string(), "FOLDER");
        let found = nanos.replace_all(&found, "\"nanos\": TIME");
        let found = times.replace_all(&found, " TIME");
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/suite/expected/{name}.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &*found).unwrap();
            return;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let first = expected.lines().zip(found.lines()).position(|(e, f)| e != f);
        let line = first.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
        let at = |text: &str| text.lines().skip(line).take(3).collect::<Vec<_>>().join("\n");
        assert!(
            expected == found,
            "{}, line {}\nexpected:\n{}\nfound:\n{}\nIf that is better: UPDATE_EXPECTED=1 cargo test --test suite cli",
            path.display(),
            line + 1,
            at(&expected),
            at(&found),
        );
    }
}

/// A project with a wired shop and the files of its components, as a window saves it.
fn save_shop(transcript: &Transcript, wired: bool) -> String {
    let mut desk = Desk::new();
    for file in ["fraud-check-c.wasm", "checkout-rust.wasm"] {
        desk.place(file, [0.0, 0.0]);
        transcript.write(file, sample_bytes(file));
    }
    if wired {
        desk.connect(("fraud-check-c", CHECK), ("checkout-rust", CHECK));
    }
    desk.apply(session::Command::SaveProject("/samples/shop.wirebench.json".into()));
    transcript.write("shop.wirebench.json", desk.room.memory.get("/samples/shop.wirebench.json").unwrap())
}

#[test]
fn help_says_what_there_is_and_how_it_ends() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let help = text(&help.stdout);
    for word in ["inspect", "diff", "compose", "plug", "invoke", "search", "stub", "virtual", "Exit codes"] {
        assert!(help.contains(word), "{word} in\n{help}");
    }
    assert!(!help.contains("runner"), "what is not for people is not shown");
    for code in 0..=6 {
        assert!(help.contains(&format!("\n  {code}  ")), "{code} in\n{help}");
    }
    for command in ["inspect", "diff", "compose", "plug", "invoke", "search"] {
        let help = run(&[command, "--help"]);
        assert!(help.status.success() && !help.stdout.is_empty(), "{command}");
    }
    assert_eq!(text(&run(&["--version"]).stdout), format!("wirebench {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run(&["inspect"]).status.code(), Some(2));
    assert_eq!(run(&["dance"]).status.code(), Some(2));
}

#[test]
fn inspect_shows_what_a_component_needs_and_gives() {
    let mut t = Transcript::new();
    for file in ["adder-wat", "checkout-rust", "fraud-check-cpp", "toolbox-c"] {
        assert_eq!(t.run(&["inspect", &format!("samples/components/{file}.wasm")]), 0);
    }
    assert_eq!(t.run(&["inspect", "--wit", "samples/components/checkout-rust.wasm"]), 0);
    assert_eq!(t.run(&["inspect", "--json", "samples/components/checkout-rust.wasm"]), 0);
    let module = t.write("module.wat", "(module (func (export \"f\")))");
    assert_eq!(t.run(&["inspect", &module]), 0);
    let component = t.write("component.wat", "(component (import \"a:b/c\" (instance)))");
    assert_eq!(t.run(&["inspect", &component]), 0);
    t.check("inspect");
}

#[test]
fn inspect_says_what_world_it_fits_and_where_it_comes_from() {
    let mut t = Transcript::new();
    let cpp = "samples/components/fraud-check-cpp.wasm";
    assert_eq!(t.run(&["inspect", "--proposals", cpp]), 0);
    assert_eq!(t.run(&["inspect", "--proposals", "samples/components/stock-rust.wasm"]), 0);
    assert_eq!(t.run(&["inspect", "--origin", cpp]), 0);
    // A module that was built of a list of packages, and one whose list cannot be read.
    let list = r#"{"packages":[{"name":"shop","version":"0.3.0","source":"local","root":true,"dependencies":[1]},
        {"name":"serde","version":"1.0.229","source":"crates.io"},{"name":"cc","version":"1.2.0","source":"crates.io","kind":"build"}]}"#;
    let packed = {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packed, list.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let escaped: String = packed.iter().map(|b| format!("\\{b:02x}")).collect();
    let text = format!(
        "(component (@custom \"licenses\" \"MIT\") (@custom \"authors\" \"Ada\\e2\\80\\ae\") (@custom \"version\" \"1.2\")
           (core module (@custom \".dep-v0\" \"{escaped}\")) (core module $m (@custom \".dep-v0\" \"nothing\")))"
    );
    let listed = t.write("listed.wasm", wat::parse_str(text).unwrap());
    assert_eq!(t.run(&["inspect", &listed]), 0);
    assert_eq!(t.run(&["inspect", "--origin", &listed]), 0);
    assert_eq!(t.run(&["inspect", "--find", "SERDE", &listed]), 0);
    assert_eq!(t.run(&["inspect", "--find", "openssl", &listed]), 0);
    assert_eq!(t.run(&["inspect", "--find", "serde", cpp]), 0);
    assert_eq!(t.run(&["inspect", "--cyclonedx", &listed]), 0);
    let bill = t.path("bill.json");
    assert_eq!(t.run(&["inspect", "--cyclonedx", "-o", &bill, &listed]), 0);
    assert_eq!(t.run(&["inspect", "--cyclonedx", "-o", &listed, &listed]), 2);
    assert_eq!(t.run(&["inspect", "-o", &bill, &listed]), 2);
    assert_eq!(t.run(&["inspect", "--json", "--origin", "--proposals", &listed]), 0);
    assert_eq!(std::fs::read(&bill).unwrap(), run(&["inspect", "--cyclonedx", &listed]).stdout);
    let broken = t.write("broken.wat", "(component (import \"f\" (func async)) (core module (func (result i32))))");
    assert_eq!(t.run(&["inspect", "--proposals", &broken]), 2);
    t.check("inspect-origin");
}

#[test]
fn search_finds_text_and_who_can_satisfy_an_import() {
    let mut t = Transcript::new();
    let checkout = "samples/components/checkout-rust.wasm";
    let checks = ["c", "rust", "wat"].map(|l| format!("samples/components/fraud-check-{l}.wasm"));
    let [c, rust, wat] = &checks;
    assert_eq!(t.run(&["search", "check", checkout, wat]), 0);
    assert_eq!(t.run(&["search", "under the LIMIT", rust]), 0);
    assert_eq!(t.run(&["search", "no such text", wat]), 0);
    assert_eq!(t.run(&["search", "--json", "amount-cents", wat]), 0);
    assert_eq!(t.run(&["search", CHECK, c, rust, TOOLBOX, "--satisfies", checkout]), 0);
    let other =
        "(component (import \"techbytes:payments/fraud-check\" (instance (export \"check\" (func (param \"x\" u8))))))";
    let other = t.write("other.wat", other);
    assert_eq!(t.run(&["search", CHECK, c, "--satisfies", &other]), 0);
    assert_eq!(t.run(&["search", "a:b/c", c, "--satisfies", checkout]), 2);
    t.check("search");
}

#[test]
fn inspect_shows_where_the_bytes_are_and_takes_parts_out() {
    let mut t = Transcript::new();
    let shop = "samples/components/shop-composed.wasm";
    assert_eq!(t.run(&["inspect", shop, "--sizes"]), 0);
    assert_eq!(t.run(&["inspect", shop, "--parts"]), 0);
    assert_eq!(t.run(&["inspect", ADDER, "--sizes", "--depth=9"]), 0);
    assert_eq!(t.run(&["inspect", ADDER, "--sizes", "--json"]), 0);
    // A part is inspected, and written, like a file.
    assert_eq!(t.run(&["inspect", shop, "--part=0", "--sizes", "--depth=1"]), 0);
    let part = t.path("part.wasm");
    assert_eq!(t.run(&["inspect", shop, "--part=0.0", "-o", &part]), 0);
    assert_eq!(t.run(&["inspect", &part, "--parts"]), 0);
    assert_eq!(t.run(&["inspect", shop, "--part=7.7"]), 2);
    assert_eq!(t.run(&["inspect", shop, "--part=7.7", "-o", &part]), 2);
    assert_eq!(t.run(&["inspect", shop, "--part=first"]), 2);
    assert_eq!(t.run(&["inspect", shop, "-o", &part]), 2);
    // One that uses what lies around it is written with a warning.
    let outer = "(component (type $t (record (field \"a\" u8)))
        (component (alias outer 1 $t (type $u)) (export \"u\" (type $u))))";
    let outer = t.write("outer.wat", outer);
    assert_eq!(t.run(&["inspect", &outer, "--part=0", "-o", &part]), 0);
    assert_eq!(t.run(&["inspect", &part]), 2);
    // An opened file is not written over.
    let wasm = t.write("shop.wasm", sample_bytes("shop-composed.wasm"));
    assert_eq!(t.run(&["inspect", &wasm, "--part=0", "-o", &wasm]), 2);
    assert_eq!(std::fs::read(&wasm).unwrap(), *sample_bytes("shop-composed.wasm"));
    // What can be read of broken files is there.
    let module = sample_bytes("adder-wat.wasm");
    let cut = t.write("cut.wasm", &module[..module.len() / 2]);
    assert_eq!(t.run(&["inspect", &cut, "--sizes", "--depth=3"]), 2);
    let broken = wat::parse_str("(module (@custom \"producers\" \"\\05\") (func (export \"f\")))").unwrap();
    let broken = t.write("broken.wasm", broken);
    assert_eq!(t.run(&["inspect", &broken, "--sizes"]), 0);
    t.check("parts");
}

#[test]
fn inspect_prints_the_text_format_and_bytes() {
    for file in [ADDER, "samples/components/fraud-check-zig.wasm", "samples/components/toolbox-rust.wasm"] {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let output = run(&["inspect", "--wat", file]);
        assert!(output.status.success());
        assert!(text(&output.stdout) == wasmprinter::print_bytes(bytes).unwrap(), "{file}");
    }
    let mut t = Transcript::new();
    assert_eq!(t.run(&["inspect", "--wat", ADDER]), 0);
    assert_eq!(t.run(&["inspect", "--wat", "--part=0", ADDER]), 0);
    let zig = "samples/components/fraud-check-zig.wasm";
    assert_eq!(t.run(&["inspect", "--wat", "--function=0", "--part=0", zig]), 0);
    let module = t.write("two.wat", "(component (core module (func $f)) (core module (func $f) (func $other nop)))");
    assert_eq!(t.run(&["inspect", "--wat", "--function=other", &module]), 0);
    assert_eq!(t.run(&["inspect", "--wat", "--function=f", &module]), 2);
    assert_eq!(t.run(&["inspect", "--wat", "--function=the", &module]), 2);
    assert_eq!(t.run(&["inspect", "--wat", "--function=f", "--part=1", &module]), 0);
    assert_eq!(t.run(&["inspect", "--wat", "--part=7", &module]), 2);
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(ADDER)).unwrap();
    let cut = t.write("cut.wasm", &bytes[..60]);
    assert_eq!(t.run(&["inspect", "--wat", &cut]), 2);
    for range in ["0..0x28", "0x10+5", "140..145", "9..3", "nine..ten", "9"] {
        t.run(&["inspect", "--hex", range, ADDER]);
    }
    assert_eq!(t.run(&["inspect", "--hex", "0+8", "--part=0", ADDER]), 0);
    t.check("code");
}

#[test]
fn inspect_shows_a_type_and_where_it_is_used() {
    let mut t = Transcript::new();
    for name in ["point", "kitchen-sink#counter", "techbytes:toolbox/kitchen-sink@0.1.0#perms"] {
        assert_eq!(t.run(&["inspect", TOOLBOX, "--type", name]), 0);
    }
    assert_eq!(t.run(&["inspect", LEDGER, "--type", "error-code"]), 0);
    let package = t.write("package.wasm", gated_package());
    for name in ["drawer", "till#coin"] {
        assert_eq!(t.run(&["inspect", &package, "--type", name]), 0);
    }
    assert_eq!(t.run(&["inspect", "--json", &package]), 0);
    assert_eq!(t.run(&["inspect", TOOLBOX, "--type", "nothing-like\u{1b}it"]), 2);
    assert_eq!(t.run(&["inspect", TOOLBOX, "--type", "point", "--json"]), 2);
    t.check("types");
}

/// A WIT package with everything that can be said about stability.
fn gated_package() -> Vec<u8> {
    let wit = "/// Tills and what is in them.
        package shop:till@1.4.0;
        /// Where money goes.
        @since(version = 1.0.0)
        interface till {
            /// A drawer.
            @since(version = 1.1.0)
            @deprecated(version = 1.3.0)
            resource drawer {
                /// A new one.
                @since(version = 1.1.0)
                constructor();
                /// Opens it.
                @unstable(feature = slide)
                open: func() -> list<coin>;
                /// The one of two that holds more.
                @since(version = 1.1.0)
                fuller: static func(a: borrow<drawer>, b: borrow<drawer>) -> bool;
            }
            /// A coin.
            @unstable(feature = coins)
            record coin {
                /// In cents.
                value: u32,
            }
        }
        /// A shop that has a till.
        world shop {
            import till;
            /// Opens the shop.
            export open: func() -> bool;
        }";
    let mut resolve = wit_parser::Resolve { all_features: true, ..wit_parser::Resolve::default() };
    let package = resolve.push_str("till.wit", wit).unwrap();
    wit_component::encode(&resolve, package).unwrap()
}

#[test]
fn invoke_says_what_came_back_and_ends_accordingly() {
    let mut t = Transcript::new();
    assert_eq!(t.run(&["invoke", ADDER, "add(2, 40)"]), 0);
    let fraud_check = "samples/components/fraud-check-rust.wasm";
    assert_eq!(t.run(&["invoke", fraud_check, "check(\"new-zoë\", 300000)"]), 0);
    assert_eq!(t.run(&["invoke", LEDGER, "ledger#read(\"/data/none.txt\")", "--allow=folders"]), 1);
    let checkout = "samples/components/checkout-rust.wasm";
    assert_eq!(t.run(&["invoke", checkout, "place(\"alice\", [{sku: \"tea\", quantity: 1, unit-cents: 1}])"]), 4);
    assert_eq!(t.run(&["invoke", "samples/components/trap-wat.wasm", "outer()"]), 3);
    assert_eq!(t.run(&["invoke", "samples/components/trap-wat.wasm", "divide(1, 0)"]), 3);
    assert_eq!(t.run(&["invoke", "samples/components/loop-wat.wasm", "spin()", "--timeout=200ms"]), 5);
    assert_eq!(t.run(&["invoke", "samples/components/hog-wat.wasm", "eat-all()", "--memory=8MiB"]), 5);
    t.check("invoke");
}

#[test]
fn invoke_keeps_the_instance_for_further_calls() {
    let mut t = Transcript::new();
    let counter = ["counter(\"apples\", 10)", "counter.increment(counter#1, some(-4))", "counter.label(counter#1)"];
    let [first, second, third] = counter;
    assert_eq!(t.run(&["invoke", TOOLBOX, first, "--then", second, "--then", third]), 0);
    let outcome = t.run(&["invoke", "--json", ADDER, "add(1, 2)", "--then", "add(3, 4)"]);
    assert_eq!(outcome, 0);
    // One that ends badly ends them all.
    let trap = "samples/components/trap-wat.wasm";
    assert_eq!(t.run(&["invoke", trap, "divide(1, 0)", "--then", "divide(4, 2)"]), 3);
    assert_eq!(t.run(&["invoke", TOOLBOX, first, "--then", "counter.label(counter#9)"]), 6);
    t.check("then");
}

#[test]
fn invoke_grants_what_its_flags_say_and_nothing_else() {
    let mut t = Transcript::new();
    t.write("book.txt", "rent 900\n");
    let folder = t.folder.path().display().to_string();
    let dir = format!("--dir={folder}::/data");
    let cases: [(&str, &[&str], i32); 14] = [
        ("env(\"SHOP\")", &[], 4),
        ("env(\"SHOP\")", &["--env=SHOP=corner"], 0),
        ("env-all()", &["--env=SHOP=corner", "--env", "A=1"], 0),
        ("args()", &["--arg=ledger", "--arg", "--dry"], 0),
        ("say(\"hello\")", &[], 4),
        ("say(\"hello\")", &["--allow=stdout"], 0),
        ("warn(\"careful\\u{1b}[31m\")", &["--allow=stdout,stderr"], 0),
        ("ask()", &["--stdin=first\nsecond"], 0),
        ("sleep-ms(1)", &["--allow=stdout"], 4),
        ("sleep-ms(1)", &["--allow=clocks"], 0),
        ("read(\"/data/book.txt\")", &[], 4),
        ("read(\"/data/book.txt\")", &[&dir], 0),
        ("append(\"/data/book.txt\", \"tea 4\")", &[&dir], 1),
        ("append(\"/data/book.txt\", \"tea 4\")", &[&format!("{dir}:rw")], 0),
    ];
    for (call, flags, status) in cases {
        let arguments: Vec<&str> = ["invoke", LEDGER, call].iter().chain(flags).copied().collect();
        assert_eq!(t.run(&arguments), status, "{call} {flags:?}");
    }
    let outcome = t.run(&["invoke", "--json", LEDGER, "say(\"hello\")", "--allow=stdout"]);
    assert_eq!(outcome, 0);
    assert_eq!(t.run(&["invoke", "--json", LEDGER, "now()"]), 4);
    assert_eq!(std::fs::read_to_string(t.folder.path().join("book.txt")).unwrap(), "rent 900\ntea 4\n");
    t.check("grants");
}

#[test]
fn invoke_shows_the_place_of_a_mistake() {
    let mut t = Transcript::new();
    let calls = [
        "add(1)",
        "add(1, -2)",
        "add(1, 4294967296)",
        "add(1, \"two\")",
        "add(1, 2, 3)",
        "add(1, 2",
        "subtract(1, 2)",
        "add",
        "",
        "add(1, 2) and more",
    ];
    for call in calls {
        assert_eq!(t.run(&["invoke", ADDER, call]), 2, "{call}");
    }
    assert_eq!(t.run(&["invoke", TOOLBOX, "nothing-like-it()"]), 2);
    let flags = ["--allow=everything", "--env=SHOP", "--dir=/tmp", "--memory=much", "--timeout=-1s", "--http=ftp://x"];
    for flag in flags {
        assert_eq!(t.run(&["invoke", ADDER, "add(1, 2)", flag]), 2, "{flag}");
    }
    t.check("mistakes");
}

#[test]
fn invoke_tells_its_times_apart() {
    let output = run(&["invoke", ADDER, "add(2, 40)", "--timings", "--then", "add(1, 1)"]);
    assert_eq!(text(&output.stdout), "42\n2\n");
    let told = text(&output.stderr);
    let phases: Vec<_> = told.lines().filter_map(|l| l.split_whitespace().next()).collect();
    let once = ["read", "validate", "compile", "link", "instantiate", "call", "memory"];
    assert_eq!(phases, [once, once].concat(), "{told}");
    let unit = regex_lite::Regex::new(r"^[a-z]+ +[0-9.]+ (ns|µs|ms|s|B|KiB|MiB)( \(cached\))?$").unwrap();
    assert!(told.lines().all(|l| unit.is_match(l)), "{told}");
    let cached: Vec<_> = told.lines().filter(|l| l.ends_with("(cached)")).collect();
    assert_eq!(cached.len(), 3, "{told}");
}

#[test]
fn invoke_lists_what_crosses_tapped_wires() {
    let mut t = Transcript::new();
    let payments = "samples/payments.wirebench.json";
    let order = "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])";
    assert_eq!(t.run(&["invoke", payments, order, "--tap", "checkout-rust.fraud-check"]), 0);
    assert_eq!(t.run(&["invoke", payments, order, "--tap=all", "--json"]), 0);
    assert_eq!(t.run(&["invoke", payments, order, "--tap", "checkout-rust.fraud"]), 2);
    assert_eq!(t.run(&["invoke", ADDER, "add(2, 40)", "--tap", "all"]), 2);
    t.check("invoke-tap");
}

#[test]
fn compose_makes_one_component_of_a_project() {
    let mut t = Transcript::new();
    let project = save_shop(&t, true);
    let order = "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])";
    let shop = t.path("shop.wasm");
    assert_eq!(t.run(&["compose", &project, "-o", &shop]), 0);
    assert_eq!(t.run(&["inspect", &shop]), 0);
    assert_eq!(t.run(&["invoke", &shop, order]), 0);
    assert_eq!(t.run(&["invoke", &project, order]), 0);
    let again = t.path("again.wasm");
    assert_eq!(t.run(&["compose", &project, "--output", &again]), 0);
    assert_eq!(std::fs::read(&shop).unwrap(), std::fs::read(&again).unwrap(), "the same project, the same bytes");
    let bytes = std::fs::read(&shop).unwrap();
    wasmparser::Validator::new().validate_all(&bytes).unwrap();
    let payments = t.path("payments.wasm");
    assert_eq!(t.run(&["compose", "samples/payments.wirebench.json", "-o", &payments]), 0);
    assert_eq!(t.run(&["invoke", &payments, order]), 0);
    t.check("compose");
}

#[test]
fn compose_prints_the_composition_for_other_tools() {
    let mut t = Transcript::new();
    let payments = "samples/payments.wirebench.json";
    for format in ["wac", "mermaid", "dot", "json", "svg"] {
        assert_eq!(t.run(&["compose", payments, "--format", format]), 0);
    }
    assert_eq!(t.run(&["compose", payments]), 2);
    for (format, name) in [("svg", "graph.svg"), ("png", "graph.png"), ("json", "graph.json")] {
        let out = t.path(name);
        assert_eq!(t.run(&["compose", payments, "--format", format, "--colours", "dark", "-o", &out]), 0);
        assert!(Path::new(&out).exists());
    }
    let png = run(&["compose", payments, "--format", "png", "--colours", "dark"]).stdout;
    assert_eq!(png, std::fs::read(t.path("graph.png")).unwrap());
    assert!(png.starts_with(b"\x89PNG"));
    let nowhere = t.path("no/such/folder/out.svg");
    assert_eq!(t.run(&["compose", payments, "--format", "svg", "-o", &nowhere]), 2);
    t.check("compose-format");
}

#[test]
fn compose_takes_wac_source_as_it_takes_a_project() {
    let mut t = Transcript::new();
    let project = save_shop(&t, true);
    let (one, two, source) = (t.path("one.wasm"), t.path("two.wasm"), t.path("shop.wac"));
    assert_eq!(t.run(&["compose", &project, "-o", &one]), 0);
    assert_eq!(t.run(&["compose", &project, "--format", "wac", "-o", &source]), 0);
    let text = std::fs::read_to_string(&source).unwrap();
    assert_eq!(text.lines().next(), Some("// Compose with: wac compose shop.wac -o composed.wasm"));
    assert_eq!(t.run(&["compose", &source, "-o", &two]), 0);
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap(), "the same bytes");
    assert_eq!(t.run(&["compose", &source, "--format", "wac"]), 0);
    assert_eq!(t.run(&["inspect", &two, "--inside"]), 0);
    // Written by hand, with packages in a folder and in a file.
    std::fs::create_dir_all(t.path("deps/acme")).unwrap();
    std::fs::copy(t.path("checkout-rust.wasm"), t.path("deps/acme/checkout.wasm")).unwrap();
    let text = "package my:shop;\nlet check = new acme:check {};\nlet shop = new acme:checkout { ...check };\nexport shop...;\n";
    let hand = t.write("hand.wac", text);
    let three = t.path("three.wasm");
    assert_eq!(t.run(&["compose", &hand, "-o", &three]), 2);
    let check = format!("acme:check={}", t.path("fraud-check-c.wasm"));
    assert_eq!(t.run(&["compose", &hand, "--dep", &check, "-o", &three]), 0);
    let deps = t.path("deps");
    assert_eq!(t.run(&["compose", &hand, "--deps", &deps, "--dep", &check, "--format", "mermaid"]), 0);
    assert_eq!(t.run(&["invoke", &three, "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])"]), 0);
    assert_eq!(t.run(&["invoke", &source, "place(\"alice\", [])"]), 1);
    let faulty = t.write(
        "faulty.wac",
        "package my:shop targets my:world/w;\nimport f: func();\nlet a = new acme:checkout {};\nlet b = new acme:checkout { ... };\n\
         export b.checkout.place;\nexport gone;\n",
    );
    assert_eq!(t.run(&["compose", &faulty, "-o", &three]), 2);
    assert_eq!(t.run(&["compose", &hand, "--dep", "check=x", "-o", &three]), 2);
    assert_eq!(t.run(&["compose", &project, "--dep", &check, "-o", &three]), 2);
    t.check("compose-wac");
}

/// An import that is spelled out, the world that the result is for, and what nothing but the encoder finds.
#[test]
fn compose_checks_what_a_source_says_of_its_types() {
    let mut t = Transcript::new();
    let wit = "package my:made;
        world shop { import techbytes:payments/fraud-check; export techbytes:orders/checkout; }
        world closed { export techbytes:orders/checkout; }
        package techbytes:payments {
            interface fraud-check {
                record decision { allowed: bool, score: u32, reason: string }
                check: func(user-id: string, amount-cents: u64) -> decision;
            }
        }
        package techbytes:orders {
            interface checkout {
                record line { sku: string, quantity: u32, unit-cents: u64 }
                record receipt { total-cents: u64, note: string }
                variant refusal { empty-cart, fraud(string) }
                place: func(user-id: string, cart: list<line>) -> result<receipt, refusal>;
            }
        }";
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("made.wit", wit).unwrap();
    std::fs::create_dir_all(t.path("deps/my")).unwrap();
    t.write("deps/my/made.wasm", wit_component::encode(&resolve, package).unwrap());
    std::fs::create_dir_all(t.path("deps/acme")).unwrap();
    t.write("deps/acme/checkout.wasm", sample_bytes("checkout-rust.wasm"));
    let out = t.path("out.wasm");
    for (name, world, cents, status) in [
        ("shop", "shop", "u64", 0),
        ("closed", "closed", "u64", 2),
        ("cents", "shop", "u32", 2),
        ("gone", "gone", "u64", 2),
    ] {
        let text = format!(
            "package my:{name} targets my:made/{world};\nimport fraud-check as \"techbytes:payments/fraud-check\": \
             interface {{\n  record decision {{ allowed: bool, score: u32, reason: string }}\n  \
             check: func(user-id: string, amount-cents: {cents}) -> decision;\n}};\n\
             let shop = new acme:checkout {{ fraud-check }};\nexport shop.checkout;\n"
        );
        let source = t.write(&format!("{name}.wac"), text);
        assert_eq!(t.run(&["compose", &source, "-o", &out]), status, "{}", t.text);
    }
    // A file that is named must be there, if only its types are wanted, too.
    let (shop, gone) = (t.path("shop.wac"), format!("my:made={}", t.path("gone.wasm")));
    assert_eq!(t.run(&["compose", &shop, "--dep", &gone, "-o", &out]), 2, "{}", t.text);
    let odd = t.write(
        "odd.wat",
        r#"(component
            (type $p' (record (field "x" u32))) (export $p "p" (type $p'))
            (core module $m (func (export "f") (param i32)))
            (core instance $i (instantiate $m))
            (func $f (param "p" $p) (canon lift (core func $i "f")))
            (export "take" (func $f)))"#,
    );
    let source = t.write("odd.wac", "package my:odd;\nlet odd = new acme:odd {};\nexport odd.take;\n");
    assert_eq!(t.run(&["compose", &source, "--dep", &format!("acme:odd={odd}"), "-o", &out]), 6, "{}", t.text);
    t.check("compose-types");
}

/// The validators' limit is met before anything is encoded, and the word says what to do.
#[test]
fn compose_says_what_to_do_about_more_instances_than_a_component_can_have() {
    let mut t = Transcript::new();
    t.write("fraud-check-wat.wasm", sample_bytes("fraud-check-wat.wasm"));
    let dep = format!("acme:check={}", t.path("fraud-check-wat.wasm"));
    for (name, count) in [("many.wac", 900), ("too-many.wac", 1001)] {
        let mut source = "package my:many;\n".to_owned();
        (0..count).for_each(|i| _ = writeln!(source, "let a{i} = new acme:check {{}};"));
        (0..count).for_each(|i| _ = writeln!(source, "export a{i}[\"techbytes:payments/fraud-check\"] as a{i};"));
        let (source, out) = (t.write(name, source), t.path("many.wasm"));
        assert_eq!(t.run(&["compose", &source, "--dep", &dep, "-o", &out]), if count > 1000 { 2 } else { 6 });
        assert!(!Path::new(&out).exists());
    }
    t.check("compose-limit");
}

#[test]
fn plug_takes_what_fits_and_explains_what_does_not() {
    let mut t = Transcript::new();
    let sample = |name: &str| format!("samples/components/{name}.wasm");
    let (checkout, c, zig) = (sample("checkout-rust"), sample("fraud-check-c"), sample("fraud-check-zig"));
    let out = t.path("out.wasm");
    assert_eq!(t.run(&["plug", &checkout, &c, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])"]), 0);
    assert_eq!(t.run(&["inspect", &out, "--inside"]), 0);
    assert_eq!(t.run(&["plug", &checkout, &c, &zig, "-o", &out]), 6);
    assert_eq!(t.run(&["plug", &checkout, &c, &zig, "--prefer", "fraud-check-zig", "-o", &out]), 0);
    assert_eq!(t.run(&["plug", &checkout, &c, "--prefer", "gone", "-o", &out]), 2);
    assert_eq!(t.run(&["plug", &checkout, ADDER, "-o", &out]), 6);
    let other = t.write(
        "other.wat",
        "(component
          (type $t (func (param \"user-id\" string) (result u8)))
          (import \"check\" (func $f (type $t)))
          (instance $i (export \"check\" (func $f)))
          (export \"techbytes:payments/fraud-check\" (instance $i)))",
    );
    assert_eq!(t.run(&["plug", &checkout, &other, "-o", &out]), 6);
    let module = t.write("module.wat", "(module)");
    assert_eq!(t.run(&["plug", &checkout, &module, "-o", &out]), 2);
    assert_eq!(t.run(&["plug", &checkout, &t.path("gone.wasm"), "-o", &out]), 2);
    assert_eq!(t.run(&["plug", &checkout, "-o", &out]), 2);
    assert_eq!(t.run(&["plug", "--help"]), 0);
    t.check("plug");
}

#[test]
fn inspect_looks_inside_a_composition_and_splits_it() {
    let mut t = Transcript::new();
    let shop = "samples/components/shop-composed.wasm";
    assert_eq!(t.run(&["inspect", shop, "--inside"]), 0);
    assert_eq!(t.run(&["inspect", "samples/components/fraud-check-cpp.wasm", "--inside"]), 0);
    assert_eq!(t.run(&["inspect", shop, "--format", "mermaid"]), 0);
    assert_eq!(t.run(&["inspect", shop, "--format", "dot"]), 0);
    let parts = t.path("parts");
    assert_eq!(t.run(&["inspect", shop, "--split", &parts]), 0);
    let (project, out) = (t.path("parts/shop-composed.wirebench.json"), t.path("again.wasm"));
    assert_eq!(t.run(&["compose", &project, "-o", &out]), 0);
    let call = "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])";
    assert_eq!(t.run(&["invoke", shop, call]), 0);
    assert_eq!(t.run(&["invoke", &out, call]), 0);
    assert_eq!(t.run(&["inspect", &out, "--inside"]), 0);
    // The same again changes nothing; over other files nothing is written.
    assert_eq!(t.run(&["inspect", shop, "--split", &parts]), 0);
    t.write("parts/checkout.wasm", "something else");
    assert_eq!(t.run(&["inspect", shop, "--split", &parts]), 6);
    assert_eq!(t.run(&["inspect", "samples/components/checkout-rust.wasm", "--split", &parts]), 6);
    let (status, json) = (run(&["inspect", shop, "--inside", "--json"]), "inside");
    let json = &serde_json::from_slice::<serde_json::Value>(&status.stdout).unwrap()[json];
    assert_eq!(json["instances"][1]["name"], "checkout");
    assert_eq!(json["wires"][0]["to"]["name"], CHECK);
    assert_eq!(json["exports"][0]["from"]["instance"], "checkout");
    assert_eq!(json["cannot_be_split"], serde_json::json!([]));
    t.check("inside");
}

#[test]
fn compose_wires_what_is_open() {
    let mut t = Transcript::new();
    let order = "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])";
    let project = save_shop(&t, false);
    let out = t.path("out.wasm");
    assert_eq!(t.run(&["compose", &project, "--auto-wire", "--dry-run"]), 0);
    assert_eq!(t.run(&["compose", &project, "--auto-wire", "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, order]), 0);
    // Several fit: nothing is written before one is chosen.
    let mut desk = Desk::new();
    for file in ["fraud-check-c.wasm", "fraud-check-rust.wasm", "checkout-rust.wasm"] {
        desk.place(file, [0.0, 0.0]);
        t.write(file, sample_bytes(file));
    }
    desk.apply(session::Command::SaveProject("/samples/several.wirebench.json".into()));
    let several = t.write("several.wirebench.json", desk.room.memory.get("/samples/several.wirebench.json").unwrap());
    let chosen = t.path("chosen.wasm");
    assert_eq!(t.run(&["compose", &several, "--auto-wire", "-o", &chosen]), 2);
    assert!(!Path::new(&chosen).exists());
    let choose = "checkout-rust.fraud-check=fraud-check-rust";
    assert_eq!(t.run(&["compose", &several, "--auto-wire", "--choose", choose, "-o", &chosen]), 0);
    assert_eq!(t.run(&["invoke", &chosen, order]), 0);
    let nobody = "checkout-rust.fraud-check=nobody";
    assert_eq!(t.run(&["compose", &several, "--auto-wire", "--choose", nobody, "--dry-run"]), 2);
    let open = "checkout-rust.fraud-check=";
    assert_eq!(t.run(&["compose", &several, "--auto-wire", "--choose", open, "--dry-run"]), 0);
    assert_eq!(t.run(&["compose", &several, "--choose", choose, "-o", &chosen]), 2, "a choice is of a plan");
    // What is not placed is placed.
    let mut desk = Desk::new();
    desk.place("checkout-rust.wasm", [0.0, 0.0]);
    desk.apply(session::Command::SaveProject("/samples/alone.wirebench.json".into()));
    let alone = t.write("alone.wirebench.json", desk.room.memory.get("/samples/alone.wirebench.json").unwrap());
    let with = t.path("fraud-check-c.wasm");
    assert_eq!(t.run(&["compose", &alone, "--auto-wire", "--dry-run"]), 0);
    assert_eq!(t.run(&["compose", &alone, "--auto-wire", "--with", &with, "--format", "mermaid"]), 0);
    t.check("compose-auto-wire");
}

#[test]
fn compose_says_why_it_cannot() {
    let mut t = Transcript::new();
    let project = save_shop(&t, false);
    let out = t.path("out.wasm");
    assert_eq!(t.run(&["compose", &project, "-o", &out]), 0, "an open import is an import of the result");
    assert_eq!(t.run(&["invoke", &out, "place(\"alice\", [])"]), 1);
    let input = t.path("checkout-rust.wasm");
    assert_eq!(t.run(&["compose", &project, "-o", &input]), 2);
    assert_eq!(std::fs::read(&input).unwrap(), &*sample_bytes("checkout-rust.wasm"), "an input is not written over");
    let nowhere = t.path("no/such/folder/out.wasm");
    assert_eq!(t.run(&["compose", &project, "-o", &nowhere]), 2);
    assert_eq!(t.run(&["compose", ADDER, "-o", &out]), 2);
    let cases = [("empty", ""), ("broken", "{\"version\": "), ("list", "[]"), ("other", "{\"name\": \"x\"}")];
    for (name, json) in cases {
        let path = t.write(&format!("{name}.wirebench.json"), json);
        assert_eq!(t.run(&["compose", &path, "-o", &out]), 2, "{name}");
    }
    let blank = t.write("blank.wirebench.json", "{\"version\": 1}");
    assert_eq!(t.run(&["compose", &blank, "-o", &out]), 6);
    assert_eq!(t.run(&["invoke", &blank, "add(1, 2)"]), 6);
    let lost = save_lost(&t);
    assert_eq!(t.run(&["compose", &lost, "-o", &out]), 6);
    assert_eq!(t.run(&["invoke", &lost, "f()"]), 6);
    t.check("compose-refused");
}

/// A project whose component is gone.
fn save_lost(transcript: &Transcript) -> String {
    let mut desk = Desk::new();
    desk.room.memory.put("/parts/part.wat", "(component (import \"f\" (func $f)) (export \"f\" (func $f)))");
    desk.apply(session::Command::Open(vec!["/parts/part.wat".into()]));
    let component = *desk.session.library().keys().next().unwrap();
    desk.change(Change::Compose(Edit::AddInstance { name: "part".into(), component }));
    desk.apply(session::Command::SaveProject("/parts/lost.wirebench.json".into()));
    transcript.write("lost.wirebench.json", desk.room.memory.get("/parts/lost.wirebench.json").unwrap())
}

#[test]
fn inspect_spells_interfaces_in_other_languages() {
    let mut t = Transcript::new();
    for language in ["rust", "typescript", "python", "c", "go"] {
        assert_eq!(t.run(&["inspect", LEDGER, "--as", language, "--interface", "wasi:io/streams@0.2.12"]), 0);
        assert_eq!(
            t.run(&["inspect", "samples/components/fraud-check-rust.wasm", "--as", language, "--interface", CHECK]),
            0
        );
        assert_eq!(t.run(&["inspect", ADDER, "--as", language]), 0);
    }
    assert_eq!(t.run(&["inspect", ADDER, "--as", "rust", "--json"]), 0);
    assert_eq!(t.run(&["inspect", ADDER, "--as", "rust", "--json", "--interface", "nothing"]), 2);
    assert_eq!(t.run(&["inspect", ADDER, "--as", "rust", "--interface", "nothing"]), 2);
    assert_eq!(t.run(&["inspect", ADDER, "--as", "cobol"]), 2);
    let (package, module) = (t.write("package.wasm", wit_package()), t.write("module.wasm", b"\0asm\x01\0\0\0"));
    assert_eq!(t.run(&["inspect", &package, "--as", "typescript"]), 0);
    assert_eq!(t.run(&["inspect", &module, "--as", "typescript"]), 2);
    assert_eq!(t.run(&["inspect", ADDER, "--interface", "add"]), 2);
    t.check("inspect-as");
}

#[test]
fn bad_files_get_a_sentence_each() {
    let mut t = Transcript::new();
    let toolbox = sample_bytes("toolbox-rust.wasm");
    t.write("empty.wasm", "");
    t.write("magic.wasm", b"\0asm");
    t.write("truncated.wasm", toolbox.get(..5000).unwrap());
    let mut damaged = sample_bytes("checkout-rust.wasm").to_vec();
    damaged[8_000..8_100].fill(0xff);
    t.write("damaged.wasm", damaged);
    t.write("module.wasm", b"\0asm\x01\0\0\0");
    t.write("package.wasm", wit_package());
    t.write("notes.txt", "Dear diary, today I learned about components.\n");
    t.write("broken.wat", "(component\n  (core module\n");
    t.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    std::fs::create_dir(Path::new(&t.path("folder"))).unwrap();
    let mut files = vec![
        "empty.wasm",
        "magic.wasm",
        "truncated.wasm",
        "damaged.wasm",
        "module.wasm",
        "package.wasm",
        "notes.txt",
        "broken.wat",
        "picture.png",
        "folder",
        "missing.wasm",
    ];
    if cfg!(unix) {
        let pipe = t.path("pipe.wasm");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        files.push("pipe.wasm");
    }
    for file in files {
        let path = t.path(file);
        let can_be_shown = matches!(file, "module.wasm" | "package.wasm");
        assert_eq!(t.run(&["inspect", &path]), if can_be_shown { 0 } else { 2 }, "{file}");
        assert_eq!(t.run(&["invoke", &path, "f()"]), 2, "{file}");
    }
    if cfg!(unix) {
        t.check("bad-files");
    }
}

/// A WIT package as a file, as `wasm-tools component wit --wasm` makes it.
fn wit_package() -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package =
        resolve.push_str("shop.wit", "package shop:goods;\ninterface prices { of: func(sku: string) -> u64; }\n");
    wit_component::encode(&resolve, package.unwrap()).unwrap()
}

#[test]
fn diff_lists_everything_that_is_different() {
    let mut t = Transcript::new();
    let ledger = |name: &str, version: &str, body: &str, world: &str| {
        let wit = format!("package shop:books@{version}; interface ledger {{ {body} }} world w {{ {world} }}");
        t.write(name, component(&wit))
    };
    let old = ledger(
        "old.wasm",
        "1.1.0",
        "record entry { id: string, cents: u32 } add: func(e: entry); all: func() -> list<entry>; wipe: func();",
        "export ledger; import log: func(m: string); import wipe: func();",
    );
    let new = ledger(
        "new.wasm",
        "1.2.0",
        "record entry { id: string, cents: u64, memo: string } enum kind { rent, food } \
         add: func(e: entry) -> result<_, string>; all: func() -> list<entry>; of: func(k: kind) -> list<entry>;",
        "export ledger; import log: func(m: string);",
    );
    for flags in [&[][..], &["--all"], &["--json"]] {
        assert_eq!(t.run(&[&["diff", &old, &new], flags].concat()), 0);
    }
    assert_eq!(t.run(&["diff", &old, &old]), 0);
    t.check("diff");
}

#[test]
fn diff_compares_the_worlds_of_packages() {
    let mut t = Transcript::new();
    let package = |name: &str, wit: &str| {
        let mut resolve = wit_parser::Resolve::default();
        let package = resolve.push_str("shop.wit", wit).unwrap();
        t.write(name, wit_component::encode(&resolve, package).unwrap())
    };
    let old = package(
        "old.wasm",
        "package shop:goods@1.0.0; interface prices { of: func(sku: string) -> u64; } interface stock {}
         world till { import prices; import stock; } world shelf { export stock; }",
    );
    let new = package(
        "new.wasm",
        "package shop:goods@1.1.0; interface prices { of: func(sku: string) -> u64; } interface stock {}
         world till { import prices; export open: func(); }",
    );
    for flags in [&[][..], &["--json"]] {
        assert_eq!(t.run(&[&["diff", &old, &new], flags].concat()), 0);
    }
    assert_eq!(t.run(&["inspect", &new, "--as", "python"]), 0);
    t.check("diff-worlds");
}

#[test]
fn diff_ends_as_it_is_asked_to() {
    let mut t = Transcript::new();
    let [a, b] = ["samples/components/fraud-check-rust.wasm", "samples/components/ledger-rust.wasm"];
    let grown = t.write("grown.wasm", component("package t:p; world w { export f: func(); export g: func(); }"));
    let small = t.write("small.wasm", component("package t:p; world w { export f: func(); }"));
    for (before, after, fail_on, status) in [
        (a, b, "major", 1),
        (a, b, "capability", 1),
        (b, a, "capability", 0),
        (&*small, &*grown, "major", 0),
        (&*small, &*grown, "minor", 1),
        (&*small, &*grown, "major,any", 1),
        (&*grown, &*small, "major", 1),
        (&*small, &*small, "any", 0),
        (&*small, &*small, "much", 2),
    ] {
        let arguments = ["diff", before, after, "--fail-on", fail_on];
        assert_eq!(run(&arguments).status.code(), Some(status), "{arguments:?}");
    }
    t.write("notes.txt", "Dear diary\n");
    let notes = t.path("notes.txt");
    assert_eq!(t.run(&["diff", &notes, &small]), 2);
    assert_eq!(t.run(&["diff", &small, &t.path("missing.wasm")]), 2);
    t.check("diff-refused");
}

/// A component that implements the one world of this WIT.
fn component(wit: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let abi = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, abi);
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
    wit_component::ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

#[test]
fn a_stub_answers_in_place_of_an_import() {
    let mut t = Transcript::new();
    let consumer = "samples/components/checkout-rust.wasm";
    let out = t.path("stub.wasm");
    let mut stub = |flags: &[&str]| t.run(&[&["stub", consumer, CHECK], flags, &["-o", &out]].concat());
    let yes = r#"check={allowed: true, score: 7, reason: "stubbed"}"#;
    let no = r#"check(user-id="mallory)=")={allowed: false, score: 99, reason: "known (=)"}"#;
    assert_eq!(stub(&["--answer", yes, "--when", no, "--when", "check(amount-cents=13)=trap"]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("ann", 5)"#]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("mallory)=", 13)"#]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("ann", 13)"#]), 3);
    // With nothing said, it traps.
    let mut stub = |flags: &[&str]| t.run(&[&["stub", consumer], flags, &["-o", &out]].concat());
    assert_eq!(stub(&[CHECK]), 0);
    // What cannot be had is said.
    for wrong in [
        &["techbytes:payments/refund"][..],
        &[CHECK, "--answer", "chek=1"],
        &[CHECK, "--answer", "check=1"],
        &[CHECK, "--answer", "check"],
        &[CHECK, "--answer", yes, "--answer", "check=trap"],
        &[CHECK, "--when", "check(user=1)=trap"],
        &[CHECK, "--when", "check(amount-cents=-1)=trap"],
    ] {
        assert_eq!(stub(wrong), 2);
    }
    assert_eq!(t.run(&["stub", ADDER, "add", "-o", &out]), 2);
    assert_eq!(t.run(&["invoke", &out, r#"check("ann", 5)"#]), 3);
    // A rule that asks for several arguments; a comma and a bracket in a string are no end of it.
    let both = r#"check(user-id="a,)=", amount-cents=5)={allowed: true, score: 5, reason: "both"}"#;
    let none = r#"check={allowed: false, score: 0, reason: "none"}"#;
    assert_eq!(t.run(&["stub", consumer, CHECK, "--when", both, "--answer", none, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("a,)=", 5)"#]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("a,)=", 6)"#]), 0);
    assert_eq!(
        t.run(&["stub", consumer, CHECK, "--when", r#"check(amount-cents=5, amount-cents=6)=trap"#, "-o", &out]),
        2
    );
    t.check("stub");
}

#[test]
fn a_virtual_wasi_gives_what_the_host_would() {
    let mut t = Transcript::new();
    let (wasi, out) = (t.path("wasi.wasm"), t.path("out.wasm"));
    let list = t.write("list.txt", "one two\nthree\n");
    let file = format!("/data/list.txt={list}");
    let ledger = "samples/components/ledger-rust.wasm";
    let flags = ["virtual", "--env", "SHOP=corner", "--clock", "2024-02-29T12:00:00Z", "--seed", "7", "--stdin", "yes"];
    assert_eq!(t.run(&[&flags[..], &["--file", &file, "--writable", "-o", &wasi]].concat()), 0);
    let bytes = std::fs::read(&wasi).unwrap();
    assert_eq!(run(&[&flags[..], &["--file", &file, "--writable", "-o", &wasi]].concat()).status.code(), Some(0));
    assert_eq!(std::fs::read(&wasi).unwrap(), bytes);
    assert_eq!(t.run(&["plug", ledger, &wasi, "-o", &out]), 0);
    for call in [r#"env("SHOP")"#, "now()", "token(8)", "token(8)", "ask()", r#"say("hello")"#] {
        assert_eq!(t.run(&["invoke", &out, call]), 0);
    }
    let read = r#"read("/data/list.txt")"#;
    assert_eq!(t.run(&["invoke", &out, r#"append("/data/list.txt", "four")"#, "--then", read]), 0);
    assert_eq!(t.run(&["invoke", &out, read]), 0);
    // A command, that finds its file by its arguments.
    let command = ["virtual", "--arg", "wordcount", "--arg", "data/list.txt", "--file", &file, "-o", &wasi];
    assert_eq!(t.run(&command), 0);
    assert_eq!(t.run(&["plug", "samples/components/wordcount-rust.wasm", &wasi, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, "run()"]), 0);
    // What it says can be seen beside files in memory, if it may.
    assert_eq!(t.run(&[&command[..], &["--host", "stdout"]].concat()), 0);
    assert_eq!(t.run(&["plug", "samples/components/wordcount-rust.wasm", &wasi, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, "run()"]), 4);
    assert_eq!(t.run(&["invoke", &out, "run()", "--allow=stdout"]), 0);
    // What is handed on is given.
    assert_eq!(t.run(&["virtual", "--give", "files", "--host", "stdin,clocks", "-o", &wasi]), 0);
    assert_eq!(t.run(&["plug", ledger, &wasi, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, "ask()", "--stdin=first"]), 0);
    assert_eq!(t.run(&["invoke", &out, "now()"]), 4);
    // Some of it: the rest is asked of the host. Streams cannot be of both.
    assert_eq!(t.run(&["virtual", "--give", "random,environment", "-o", &wasi]), 0);
    assert_eq!(t.run(&["plug", ledger, &wasi, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, "token(8)"]), 0);
    assert_eq!(t.run(&["invoke", &out, "now()"]), 4);
    assert_eq!(t.run(&["virtual", "--give", "files", "-o", &wasi]), 0);
    assert_eq!(t.run(&["plug", ledger, &wasi, "-o", &out]), 6);
    let none = format!("/data/list.txt={}", t.path("none.txt"));
    for wrong in [
        &["--clock", "tomorrow"][..],
        &["--give", "money"],
        &["--host", "files"],
        &["--host", "stdin", "--stdin", "yes"],
        &["--host", "clocks,stdout", "--clock", "2024-02-29T12:00:00Z"],
        &["--env", "SHOP"],
        &["--env", "=1"],
        &["--file", &none],
        &["--file", "/data/../list.txt=README.md"],
        &["--file", "a=README.md", "--file", "/a=README.md"],
    ] {
        assert_eq!(t.run(&[&["virtual"], wrong, &["-o", &wasi]].concat()), 2);
    }
    t.check("virtual");
}

#[test]
fn a_stub_answers_as_it_was_recorded() {
    let mut t = Transcript::new();
    let (consumer, out) = ("samples/components/checkout-rust.wasm", t.path("stub.wasm"));
    let provider = "samples/components/fraud-check-rust.wasm";
    let calls = t.path("calls.json");
    let record = |calls: &[&str], to: &str| {
        let mut flags = vec!["invoke", "--json", provider, calls[0]];
        calls[1..].iter().for_each(|call| flags.extend(["--then", call]));
        let said = run(&flags);
        assert!(said.status.success(), "{}", text(&said.stderr));
        let mut all = std::fs::read(to).unwrap_or_default();
        all.extend(said.stdout);
        std::fs::write(to, all).unwrap();
    };
    record(&[r#"check("ann", 1200)"#, r#"check("mallory", 99)"#], &calls);
    record(&[r#"check("ann", 99900000)"#], &calls);
    assert_eq!(t.run(&["stub", consumer, CHECK, "--from-calls", &calls, "-o", &out]), 0);
    for call in [r#"check("ann", 1200)"#, r#"check("mallory", 99)"#, r#"check("ann", 99900000)"#] {
        assert_eq!(
            text(&run(&["invoke", &out, call]).stdout),
            text(&run(&["invoke", provider, call]).stdout),
            "{call}"
        );
    }
    assert_eq!(t.run(&["invoke", &out, r#"check("ann", 1201)"#]), 3);
    // What is said of a call by hand goes before what was recorded.
    let hand = r#"check(user-id="ann")={allowed: false, score: 1, reason: "by hand"}"#;
    assert_eq!(t.run(&["stub", consumer, CHECK, "--from-calls", &calls, "--when", hand, "-o", &out]), 0);
    assert_eq!(t.run(&["invoke", &out, r#"check("ann", 1200)"#]), 0);
    // What is no record, or of something else.
    let other = t.path("other.json");
    std::fs::write(&other, run(&["invoke", "--json", ADDER, "add(1, 2)"]).stdout).unwrap();
    for wrong in [t.write("none.json", "{}"), t.write("text.json", "check"), other, t.path("gone.json")] {
        assert_eq!(t.run(&["stub", consumer, CHECK, "--from-calls", &wrong, "-o", &out]), 2);
    }
    t.check("stub-recorded");
}

#[test]
fn open_imports_get_stubs() {
    let mut t = Transcript::new();
    let out = t.path("app.wasm");
    let source =
        t.write("app.wac", "package a:b;\nlet checkout = new techbytes:checkout { ... };\nexport checkout...;\n");
    let dep = "techbytes:checkout=samples/components/checkout-rust.wasm";
    assert_eq!(t.run(&["compose", &source, "--dep", dep, "--stub-missing", "-o", &out]), 0);
    assert_eq!(t.run(&["inspect", &out]), 0);
    assert_eq!(t.run(&["inspect", &out, "--inside"]), 0);
    assert_eq!(t.run(&["inspect", &out, "--format", "mermaid"]), 0);
    assert_eq!(t.run(&["inspect", &out, "--format", "dot"]), 0);
    let json = run(&["inspect", &out, "--inside", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let [stub, checkout] = [0, 1].map(|n| json["inside"]["instances"][n].clone());
    assert_eq!([&stub["answers_for_real"], &checkout["answers_for_real"]], [false, true]);
    assert_eq!(stub["stands_in"]["stands_in_for"], "techbytes:payments/fraud-check");
    assert_eq!(json["inside"]["record"]["instances"][0]["stands_in"], stub["stands_in"]);
    assert_eq!(t.run(&["invoke", &out, "place(\"ann\", [{sku: \"tea\", quantity: 1, unit-cents: 250}])"]), 3);
    // Split, it is a stub of the project again.
    let (parts, again) = (t.path("parts"), t.path("again.wasm"));
    assert_eq!(t.run(&["inspect", &out, "--split", &parts]), 0);
    assert_eq!(std::fs::read_dir(&parts).unwrap().count(), 2, "the stub has no file");
    assert_eq!(t.run(&["compose", &format!("{parts}/app.wirebench.json"), "-o", &again]), 0);
    assert_eq!(t.run(&["diff", &out, &again]), 0);
    // A stub can stay out of the file: then it is as open as it was.
    let open = t.path("open.wasm");
    let mut leave = |name: &str| {
        let flags = ["compose", &source, "--dep", dep, "--stub-missing", "--leave-out", name, "-o", &open];
        t.run(&flags)
    };
    assert_eq!(leave("stub-fraud-check"), 0);
    assert_eq!(leave("checkout"), 2);
    let plain = t.path("plain.wasm");
    assert!(run(&["compose", &source, "--dep", dep, "-o", &plain]).status.success());
    assert_eq!(t.run(&["diff", &open, &plain]), 0);
    t.check("compose-stub-missing");
}

/// The result is valid and is written, but no tool could print its WIT: that is said before, with a way out.
#[test]
fn an_interface_that_the_result_would_have_in_two_forms_is_said_once_of_both_ports() {
    let mut t = Transcript::new();
    let gives = t.write(
        "gives.wat",
        "(component
          (core module $m (func (export \"f\") (param i32)))
          (core instance $i (instantiate $m))
          (func $f (param \"x\" bool) (canon lift (core func $i \"f\")))
          (instance $c (export \"f\" (func $f)))
          (export \"a:b/c\" (instance $c)))",
    );
    let asks = t.write(
        "asks.wat",
        "(component
          (import \"a:b/c\" (instance $c (export \"f\" (func (param \"x\" u32)))))
          (core module $m (func (export \"run\")))
          (core instance $i (instantiate $m))
          (func $run (canon lift (core func $i \"run\")))
          (export \"run\" (func $run)))",
    );
    let source = |export: &str| {
        format!(
            "package t:both;\nlet gives = new t:gives {{ ... }};\nlet asks = new t:asks {{ ... }};\n\
             export gives[\"a:b/c\"]{export};\nexport asks.run;\n"
        )
    };
    let deps = [format!("t:gives={gives}"), format!("t:asks={asks}")];
    let out = t.path("both.wasm");
    for (name, export) in [("both.wac", ""), ("plain.wac", " as gives-c")] {
        let source = t.write(name, source(export));
        assert_eq!(t.run(&["compose", &source, "--dep", &deps[0], "--dep", &deps[1], "-o", &out]), 0);
        assert_eq!(t.run(&["inspect", &out, "--wit"]), 0);
    }
    t.check("compose-clash");
}
