//! The page with a component's interface, in a browser: skipped with a printed reason where there is none.

use std::path::{Path, PathBuf};
use std::process::Command;

fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// The document as the browser has it after its scripts ran.
fn dom(browser: &str, page: &Path, profile: &Path) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_browser_shows_the_page_and_its_buttons_work() {
    let Some(browser) = browser() else {
        println!("skipped: there is no Chromium on this machine");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page: PathBuf = folder.path().join("shop.html");
    let made = Command::new(env!("CARGO_BIN_EXE_wirebench"))
        .args(["inspect", "samples/components/toolbox-rust.wasm", "--sheet"])
        .arg(&page)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // What a person would do, and what they would see then. The policy lets a script in the page itself run.
    let check = r#"<script>
        document.addEventListener("securitypolicyviolation", (e) => document.body.dataset.violation = e.violatedDirective);
        const seen = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.offsetParent !== null).length;
        const said = [];
        said.push("items " + (seen(".item") > 30), "wit " + (seen("pre.wit") > 30), "rust " + seen("pre.rust"));
        document.querySelector('button[data-language="rust"]').click();
        said.push("rust then " + (seen("pre.rust") > 30), "python " + seen("pre.python"));
        const field = document.getElementById("filter");
        field.value = "increment";
        field.dispatchEvent(new Event("input"));
        said.push("filtered " + (seen(".item") < 10 && seen(".item") > 0));
        const widest = Math.max(...[...document.querySelectorAll("main > *")].map((e) => e.getBoundingClientRect().right));
        said.push("fits " + (widest <= document.documentElement.clientWidth));
        document.body.dataset.said = said.join(", ");
    </script></body>"#;
    let text = std::fs::read_to_string(&page).unwrap().replace("</body>", check);
    std::fs::write(&page, text).unwrap();
    let dom = dom(browser, &page, &folder.path().join("profile"));
    let said = dom.split("data-said=\"").nth(1).and_then(|rest| rest.split('"').next());
    let wanted = "items true, wit true, rust 0, rust then true, python 0, filtered true, fits true";
    assert_eq!(said, Some(wanted), "{}", dom.get(..2000).unwrap_or(&dom));
    assert!(!dom.contains("data-violation"), "the page tried to load something");
}
