//! The program with a real window, where a display can be had, and its word where there is none.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use wirebench::ui::CLOSE_AFTER_FIRST_FRAME;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirebench"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command
}

/// A display of its own, which ends with it.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn new() -> Option<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "+extension", "GLX"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self { server, name: format!(":{}", number.trim()) })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn without_a_display_it_says_so_and_names_what_works() {
    let output = program().output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in ["no display", "inspect", "compose", "invoke"] {
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn with_a_display_the_window_opens() {
    let Some(display) = Display::new() else {
        println!("skipped: there is no Xvfb on this machine");
        return;
    };
    let state = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/payments.wirebench.json");
    let output = program()
        .arg(sample)
        .env("DISPLAY", &display.name)
        .env("XDG_DATA_HOME", state.path())
        .env(CLOSE_AFTER_FIRST_FRAME, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
