//! The view on real components, through the accessibility tree.

use super::*;
use crate::project::Theme;
use crate::session::{Command, Memory};
use crate::ui::look::{Stage, both};
use crate::ui::panels::kit;
use egui::{CentralPanel, OutputCommand};
use egui_kittest::kittest::Queryable;

struct Desk {
    session: Session,
    component: Arc<Component>,
    state: State,
    at: Option<At>,
    copied: Vec<String>,
}

fn stage(size: [f32; 2], theme: Theme, file: &str, at: Option<At>) -> Stage<'static, Desk> {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample(file.to_owned()));
    session.poll();
    let component = Arc::clone(session.library().values().next().unwrap());
    let desk = Desk { session, component, state: State::default(), at, copied: Vec::new() };
    let mut stage = Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
        desk.session.poll();
        let mut outbox = Outbox::default();
        let frame = kit::panel_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            show(ui, &desk.session, &desk.component, desk.at.take(), &mut desk.state, &mut outbox);
        });
        for command in outbox.commands {
            desk.session.apply(command);
        }
        ui.ctx().output(|o| {
            desk.copied.extend(o.commands.iter().filter_map(|c| match c {
                OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            }));
        });
    });
    for _ in 0..4 {
        stage.harness.step();
    }
    stage
}

const STREAMS: &str = "wasi:io/streams@0.2.12";

fn at_streams() -> Option<At> {
    Some(At::Extern(Side::Import, STREAMS.to_owned()))
}

fn choose_language(stage: &mut Stage<'_, Desk>, language: Language) {
    stage.harness.get_by_label(language.label()).click();
    for _ in 0..4 {
        stage.harness.step();
    }
}

#[test]
fn each_language_stands_beside_the_wit() {
    let mut stage = stage([1000.0, 640.0], Theme::Dark, "ledger-rust.wasm", at_streams());
    for (language, line) in [
        (Language::Rust, "    pub fn check_write(&self) -> Result<u64, StreamError>;"),
        (Language::TypeScript, "  checkWrite(): bigint;"),
        (Language::Python, "    def check_write(self) -> int:"),
        (Language::C, "typedef struct wasi_io_streams_own_output_stream_t {"),
        (Language::Go, "type OutputStream struct {"),
    ] {
        choose_language(&mut stage, language);
        let _ = stage.harness.get_by_label(line);
        let _ = stage.harness.get_by_label("  check-write: func() -> result<u64, stream-error>;");
        assert_eq!(stage.harness.state().state.language, language);
    }
}

#[test]
fn an_item_and_the_whole_are_copied() {
    let mut stage = stage([1000.0, 640.0], Theme::Dark, "fraud-check-rust.wasm", None);
    choose_language(&mut stage, Language::TypeScript);
    stage.harness.get_by_label("Copy check in TypeScript").click();
    stage.harness.step();
    stage.harness.get_by_label("Copy").click();
    stage.harness.step();
    let [item, whole] = stage.harness.state().copied.as_slice() else { panic!("{:?}", stage.harness.state().copied) };
    assert_eq!(item, "export function check(userId: string, amountCents: bigint): Decision;");
    assert!(whole.contains(item.as_str()) && whole.contains("export interface Decision {"), "{whole}");
}

#[test]
fn another_interface_is_chosen_and_a_function_gone_to() {
    let mut stage = stage([1000.0, 640.0], Theme::Dark, "ledger-rust.wasm", None);
    stage.harness.get_by_label("Interface").click();
    stage.harness.step();
    stage.harness.step();
    stage.harness.get_by_label("Imports wasi:io/poll@0.2.12").click();
    for _ in 0..4 {
        stage.harness.step();
    }
    let _ = stage.harness.get_by_label("pub fn poll(in_: &[&Pollable]) -> Vec<u32>;");
    // In a low window the function is far down.
    let get = At::Function(Side::Import, Some("wasi:filesystem/types@0.2.12".into()), "filesystem-error-code".into());
    stage.harness.state_mut().at = Some(get);
    for _ in 0..4 {
        stage.harness.step();
    }
    let state = &stage.harness.state().state;
    assert_eq!(state.chosen, Some((SectionKind::Import, Some("wasi:filesystem/types@0.2.12".to_owned()))));
    let made = state.made.as_ref().unwrap();
    assert!(made.rows.iter().any(|row| !row.name.is_empty() && row.top > 640.0), "it is longer than the window");
}

#[test]
fn only_rows_in_view_are_laid_out_and_the_place_is_kept() {
    let types = || Some(At::Extern(Side::Import, "wasi:filesystem/types@0.2.12".to_owned()));
    let mut stage = stage([1000.0, 300.0], Theme::Dark, "ledger-rust.wasm", types());
    let made = stage.harness.state().state.made.as_ref().unwrap();
    let (colored, all) = (made.rows.iter().filter(|row| row.spelled.is_colored()).count(), made.rows.len());
    assert!(0 < colored && colored < all, "{colored} of {all}");
    let middle = made.rows[made.rows.len() / 2].name.clone();
    stage.harness.state_mut().state.going = Some(middle);
    for _ in 0..3 {
        stage.harness.step();
    }
    let seen = stage.harness.state().state.made.as_ref().unwrap().first_seen.clone();
    assert_ne!(seen, "");
    choose_language(&mut stage, Language::Python);
    let made = stage.harness.state().state.made.as_ref().unwrap();
    let [before, after] =
        [&seen, &made.first_seen].map(|name| made.rows.iter().position(|r| r.name == **name).unwrap());
    assert!(before.abs_diff(after) <= 1, "{seen} and {}", made.first_seen);
}

#[test]
fn a_module_has_an_empty_state_with_an_action() {
    let mut stage = stage([700.0, 400.0], Theme::Dark, "adder-wat.wasm", None);
    let module = crate::component::decode("m.wasm", Arc::from(&b"\0asm\x01\0\0\0"[..]));
    stage.harness.state_mut().component = Arc::new(module);
    stage.harness.step();
    let _ = stage.harness.get_by_label("Show what it is");
}

#[test]
fn pictures() {
    let places = [
        ("toolbox-rust.wasm", None, Language::TypeScript),
        ("stock-rust.wasm", None, Language::Python),
        ("ledger-rust.wasm", at_streams(), Language::C),
        ("ledger-rust.wasm", at_streams(), Language::Rust),
        ("ledger-rust.wasm", at_streams(), Language::Go),
    ];
    both(|theme, word| {
        for (file, at, language) in places.clone() {
            for (size, name) in [([960.0, 700.0], "wide"), ([480.0, 700.0], "narrow")] {
                let mut stage = stage(size, theme, file, at.clone());
                choose_language(&mut stage, language);
                stage.picture(&format!("languages-{}-{}-{name}-{word}", file.replace(".wasm", ""), language.word()));
            }
        }
    });
}

#[test]
fn long_names_are_shortened_and_copied_whole() {
    let long = format!("a{}", "-bcdefghi".repeat(10_000));
    let wat = format!(r#"(component (import "{long}" (func (param "x" u32))))"#);
    let (opened, view) = (super::super::bench::opened("long.wat", wat.as_bytes()), super::super::View::Languages);
    let mut bench = super::super::bench::Bench::new([1000.0, 700.0], Theme::Dark, opened, view);
    assert!(bench.has(kit::NAMES_ARE_SHORT));
    bench.click("Copy");
    let copied = bench.0.harness.state().copied.last().unwrap();
    assert!(copied.len() > 90_000, "{}", copied.len());
}
