use super::super::View;
use super::super::bench::{Bench, opened, sample};
use super::*;
use crate::project::Theme;
use crate::ui::look::both;
use egui_kittest::kittest::Queryable;
use std::fmt::Write as _;
use std::io::Write as _;

const ROOM: [f32; 2] = [1000.0, 720.0];

/// A component around a module that was built of so many packages, and one whose producers are cut off.
fn built_of(count: usize) -> Vec<u8> {
    let mut list = String::from(r#"{"packages":[{"name":"shop","version":"0.3.0","source":"local","root":true}"#);
    for i in 1..count {
        let _ = write!(list, r#",{{"name":"package-{i}","version":"1.{i}.0","source":"crates.io"}}"#);
    }
    list.push_str("]}");
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(list.as_bytes()).unwrap();
    let packed: String = packed.finish().unwrap().iter().fold(String::new(), |text, b| text + &format!("\\{b:02x}"));
    let text = format!(
        "(component (@custom \"licenses\" \"MIT\") (@custom \"authors\" \"Ada\")
           (core module (@producers (language \"Rust\" \"\") (processed-by \"rustc\" \"1.97.0\")) (@custom \".dep-v0\" \"{packed}\"))
           (core module $shim (@custom \"producers\" \"\\05\\01\")))"
    );
    wat::parse_str(text).unwrap()
}

fn bench(bytes: &[u8]) -> Bench {
    Bench::new(ROOM, Theme::Dark, opened("shop.wasm", bytes), View::Origin)
}

#[test]
fn packages_are_counted_and_searched() {
    let mut bench = bench(&built_of(5_000));
    assert!(bench.has("5000 packages") && bench.has("shop, 0.3.0"));
    let rows = bench.0.harness.query_all_by_label_contains("package-").count();
    assert!(rows > 5 && rows < 60, "only rows in sight are drawn: {rows}");
    bench.type_into("Search packages", "Package-4999");
    assert!(bench.has("1 of 5000 packages") && bench.has("package-4999, 1.4999.0"));
    assert!(!bench.has("shop, 0.3.0"));
    bench.type_into("Search packages", " and more");
    assert!(bench.has("0 of 5000 packages"));
}

#[test]
fn each_part_says_its_own() {
    let mut bench = bench(&built_of(3));
    assert!(bench.has("a claim of the file, not verified"));
    for words in ["MIT", "Ada", "rustc", "None embedded"] {
        assert!(bench.has(words), "{words}");
    }
    bench.click("core module 1 shim");
    assert!(bench.has("The section “producers” is broken"));
    assert!(!bench.has("MIT"));
}

#[test]
fn none_embedded_is_said_aloud() {
    let (session, digest) = sample("fraud-check-cpp.wasm");
    let bench = Bench::new(ROOM, Theme::Dark, (session, digest), View::Origin);
    assert!(bench.has("None embedded: no part says which packages it was built of"));
    assert!(bench.has("wit-bindgen-c"));
    let bench = self::bench(&wat::parse_str("(component (core module (@custom \".dep-v0\" \"none\")))").unwrap());
    assert!(bench.has("core module 0: the list of packages cannot be read"));
    assert!(!bench.has("None embedded: no part"));
}

#[test]
fn the_bill_goes_where_the_path_bar_says() {
    let mut bench = bench(&built_of(3));
    bench.click("Save CycloneDX…");
    let digest = *bench.desk().session.library().keys().next().unwrap();
    let asked =
        bench.desk().requests.iter().any(
            |r| matches!(r, Request::AskPath(Purpose::SaveBill(d), name) if *d == digest && name == "shop.cdx.json"),
        );
    assert!(asked);
}

#[test]
fn pictures() {
    both(|theme, name| {
        let wide = Bench::new([1250.0, 760.0], theme, opened("shop.wasm", &built_of(300)), View::Origin);
        wide.0.picture(&format!("inspect-origin-wide-{name}"));
        let narrow = Bench::new([560.0, 760.0], theme, opened("shop.wasm", &built_of(300)), View::Origin);
        narrow.0.picture(&format!("inspect-origin-narrow-{name}"));
        let sample = Bench::new([860.0, 760.0], theme, sample("fraud-check-cpp.wasm"), View::Origin);
        sample.0.picture(&format!("inspect-origin-sample-{name}"));
    });
}
