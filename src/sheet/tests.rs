use super::sheet;
use crate::component::decode;
use std::path::Path;
use std::sync::Arc;

fn sample(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components").join(file);
    sheet(&decode(file, std::fs::read(path).unwrap().into()))
}

fn wat(text: &str) -> String {
    sheet(&decode("page.wat", Arc::from(text.as_bytes())))
}

#[test]
fn everything_there_is_to_say_is_on_the_page() {
    let page = sample("shop-composed.wasm");
    for text in [
        "techbytes:orders/checkout",
        "2 instances inside, 1 wire",
        "unit-cents: u64",
        "unit_cents: u64",
        "unitCents: bigint",
        "unit_cents: int",
        "Nothing: it can reach nothing outside of itself.",
        "c06bd1458dabc1fac5807f4831b35723e1ff850f62e7722640aa40c13db8a22e",
        "None embedded",
        "Largest functions",
        "wit-component",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let page = sample("ledger-rust.wasm");
    assert!(page.contains("wasi:filesystem/types@0.2") && page.contains("Folders"), "what it asks for");
    assert!(page.contains(r#"span class="direction">import"#) && page.contains(r#"span class="direction">export"#));
}

#[test]
fn what_is_not_known_is_not_called_nothing() {
    let nothing = "Nothing: it can reach nothing";
    let module = wat("(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func)))");
    assert!(module.contains("fd_write") && !module.contains("What it asks the host for"));
    let by_wire = sample("checkout-rust.wasm");
    assert!(by_wire.contains("Nothing by itself") && !by_wire.contains(nothing));
    let beyond = wat("(component (import \"m\" (core module)))");
    assert!(beyond.contains("Nothing by itself") && !beyond.contains(nothing));
    assert!(wat("(component)").contains(nothing));
}

#[test]
fn a_package_has_its_worlds_on_the_page() {
    let mut resolve = wit_parser::Resolve::default();
    let wit = "package t:p; interface i { f: func(); }
        /// What it is for.
        world w { import i; import mine: func(a: u8); export done: func() -> string; } world v { }";
    let id = resolve.push_str("p.wit", wit).unwrap();
    let page = sheet(&decode("p.wasm", wit_component::encode(&resolve, id).unwrap().into()));
    for text in [
        r##"<a href="#world0">w</a>"##,
        r#"imported by the world itself</span> <code>t:p/w"#,
        r#"exported by the world itself</span> <code>t:p/w"#,
        "What it is for.",
        "mine: func(a: u8);",
        "done(): string",
        r#"<code>t:p/i</code></a>"#,
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains(r#"id="graph""#) && !page.contains("it can reach nothing"));
    has_links(&page, "p.wasm", 5);
}

#[test]
fn links_lead_to_what_is_there() {
    for file in ["toolbox-rust.wasm", "stock-rust.wasm", "ledger-rust.wasm"] {
        has_links(&sample(file), file, 5);
    }
}

fn has_links(page: &str, file: &str, more_than: usize) {
    let mut links = 0;
    for (at, found) in page.match_indices("href=\"#") {
        let target = page[at + found.len()..].split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{file}: #{target}");
        links += 1;
    }
    assert!(links > more_than, "{file}: {links}");
}

#[test]
fn nothing_is_loaded_and_nothing_of_the_file_is_markup() {
    let evil = "\\3cscript\\3ealert(1)\\3c/script\\3e\\22\\27\\3e\\3cimg src=x onerror=alert(1)\\3e\\e2\\80\\ae";
    let page = wat(&format!(
        "(component (core module (@custom \"description\" \"{evil}\") (func (export \"{evil}\")))
           (@custom \"authors\" \"{evil}\") (@custom \"description\" \"{evil}\") (@custom \"homepage\" \"javascript:alert(1)\"))"
    ));
    assert_eq!(page.matches("<script").count(), 1, "only the page's own script");
    assert!(!page.contains("<img") && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;alert(1)"), "it is shown as text");
    assert!(!page.contains("href=\"javascript:"));
    for page in [page, sample("toolbox-rust.wasm"), sample("greeter-http-rust.wasm")] {
        assert!(page.contains("default-src 'none'"));
        for word in [" src=", "@import", "url(", "<link", "<iframe", "fetch(", "XMLHttpRequest"] {
            let own = page.split("<script>").next().unwrap_or_default();
            assert!(!own.contains(word) || word == " src=" && own.contains("&lt;img src="), "{word}");
        }
    }
}

#[test]
fn other_files_have_a_page_too() {
    assert!(wat("(module (func (export \"f\")))").contains("Core module"));
    let broken = sheet(&decode("broken.wasm", Arc::from(&b"\0asm\x0d\0\x01\0\x07\xff"[..])));
    assert!(broken.contains("broken") && broken.contains("class=\"note\""));
    let package = wat("(component (type (export \"i\") (component (export \"a:b/i\" (instance)))))");
    assert!(package.contains("</html>"));
}

/// The composed shop taken apart, with its two instances side by side.
fn shop() -> (crate::compose::Decomposed, super::Places) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components/shop-composed.wasm");
    let copy = crate::compose::decompose(&decode("shop.wasm", std::fs::read(path).unwrap().into())).unwrap();
    let names = copy.composition.instances.keys().cloned();
    let nodes = names.enumerate().map(|(i, name)| (name, [500.0 * i as f32, 0.0])).collect();
    (copy, super::Places { nodes, frames: Vec::new() })
}

#[test]
fn a_picture_has_frames_open_and_folded_as_on_the_canvas() {
    let (copy, mut places) = shop();
    let draw = |places: &super::Places| {
        super::graph::graph_svg(&copy.composition, &copy.library(), places, super::Colours::Dark)
    };
    let plain = draw(&places);
    assert!(!plain.contains("class=\"frame\"") && plain.contains("aria-label=\"Graph of 2 nodes and 1 wire\""));
    places.frames.push(super::Area {
        title: "A & B".into(),
        at: [-40.0, -60.0],
        size: [200.0, 80.0],
        members: places.nodes.keys().cloned().collect(),
        folded: false,
    });
    let open = draw(&places);
    assert_eq!(open.matches("class=\"frame\"").count(), 1);
    assert!(open.contains(">A &amp; B</text>"), "{open}");
    assert!(open.contains("Graph of 2 nodes and 1 wire"));
    let width = |svg: &str| svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse::<i64>().unwrap();
    assert!(width(&open) > width(&plain), "it is as large as its members need");
    places.frames[0].folded = true;
    let folded = draw(&places);
    assert!(folded.contains("Graph of 1 node and 0 wires"), "{folded}");
    assert!(folded.contains("2 instances") && !folded.contains("class=\"frame\""));
    // Its ports are those that lead out, named with their instances.
    let exports = crate::compose::result_exports(&copy.composition, &copy.library());
    for (name, port) in exports {
        assert!(folded.contains(&format!("{} · {name}", port.instance)), "{folded}");
    }
    super::graph::graph_png(&folded).unwrap();
}
