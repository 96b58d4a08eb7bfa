//! The code view on real components, through the accessibility tree.

use super::super::{self as inspect, View};
use super::*;
use crate::project::Theme;
use crate::session::{Env, Memory, Selection, Work};
use crate::ui::look::{Stage, both};
use egui::{CentralPanel, OutputCommand, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;
use std::sync::Mutex;

struct Desk {
    session: Session,
    state: inspect::State,
    copied: Vec<String>,
}

struct Bench(Stage<'static, Desk>);

/// A component of two modules, the second calls a function of its own and an imported one.
const TWO: &str = r#"(component
    (core module $first (func $lonely (result i32) i32.const 7))
    (core module $second
        (import "env" "log" (func $log (param i32)))
        (memory 1)
        (data (i32.const 64) "Hello, bytes!")
        (func $main call $helper call $helper drop (call $log (i32.const 3)))
        (func $helper (result i32) i32.const 42)
        (func $"odd name" nop)))"#;

impl Bench {
    fn new(bytes: Vec<u8>) -> Self {
        Self::sized([1000.0, 640.0], Theme::Dark, bytes, Arc::new(Memory::default()))
    }

    fn sized(size: [f32; 2], theme: Theme, bytes: Vec<u8>, env: Arc<dyn Env>) -> Self {
        let mut session = Session::new(env, None);
        session.apply(Command::OpenBytes("two.wasm".into(), bytes.into()));
        session.poll();
        let digest = session.library().values().next().unwrap().digest;
        session.apply(Command::Select(Selection::Component(digest)));
        let mut state = inspect::State::default();
        state.go(Place { component: digest, view: View::Code, at: At::Here });
        let desk = Desk { session, state, copied: Vec::new() };
        let mut bench = Self(Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
            CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
                let mut outbox = Outbox::default();
                desk.session.poll();
                inspect::show(ui, &desk.session, &mut desk.state, &mut outbox);
                outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
                for request in outbox.requests {
                    match request {
                        Request::Inspect(place) => desk.state.go(place),
                        Request::Act(action) => {
                            desk.state.step(action == crate::ui::actions::Action::Back);
                        }
                        _ => {}
                    }
                    ui.ctx().request_repaint();
                }
                let copied = ui.ctx().output(|o| o.commands.clone());
                desk.copied.extend(copied.into_iter().filter_map(|c| match c {
                    OutputCommand::CopyText(text) => Some(text),
                    _ => None,
                }));
            });
        }));
        bench.run();
        bench
    }

    fn two() -> Self {
        Self::new(wat::parse_str(TWO).unwrap())
    }

    fn run(&mut self) {
        for _ in 0..6 {
            self.0.harness.step();
        }
    }

    fn click(&mut self, role: Role, name: &str) {
        self.0.harness.get_by_role_and_label(role, name).click();
        self.run();
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.0.harness.key_press_modifiers(modifiers, key);
        self.run();
    }

    /// Types into the field with this name, after what is there was taken away.
    fn type_into(&mut self, role: Role, name: &str, text: &str) {
        let field = self.0.harness.get_by_role_and_label(role, name);
        field.focus();
        self.0.harness.step();
        self.key(Modifiers::COMMAND, Key::A);
        self.0.harness.get_by_role_and_label(role, name).type_text(text);
        self.run();
    }

    fn go(&mut self, text: &str) {
        self.type_into(Role::TextInput, "Go to", text);
        self.key(Modifiers::NONE, Key::Enter);
    }

    fn find(&mut self, text: &str) {
        self.type_into(Role::SearchInput, "Find in the text", text);
    }

    /// Everything that is said, in the order of the tree.
    fn said(&self) -> Vec<String> {
        let nodes = self.0.harness.root().children_recursive();
        nodes.filter_map(|n| n.accesskit_node().label().or_else(|| n.accesskit_node().value())).collect()
    }

    fn says(&self, text: &str) -> bool {
        self.said().iter().any(|said| said.contains(text))
    }

    /// The lines in sight.
    fn lines(&self) -> Vec<String> {
        let labels = self.0.harness.root().children_recursive();
        let labels = labels.filter(|n| n.accesskit_node().role() == Role::Label);
        labels.filter_map(|n| n.accesskit_node().value()).collect()
    }
}

fn module_of(functions: usize) -> Vec<u8> {
    let functions: String = (0..functions).map(|i| format!("(func $f{i} (result i32) i32.const {i})")).collect();
    wat::parse_str(format!("(module {functions})")).unwrap()
}

#[test]
fn the_whole_file_is_disassembled_with_its_functions_beside() {
    let bench = Bench::two();
    assert!(bench.lines().iter().any(|l| l == "(component"), "{:?}", bench.said());
    assert!(bench.says("    (func $main (;1;) (type 1)"));
    // Of which module each is stands beside it, because another one can have the same names.
    for function in ["lonely, in 0", "log, in 1", "main, in 1", "helper, in 1", "odd name, in 1"] {
        assert!(bench.0.harness.query_by_role_and_label(Role::ListItem, function).is_some(), "{function}");
    }
    assert!(bench.says("Line 1 of 29"), "{:?}", bench.said());
}

#[test]
fn a_part_is_chosen_from_the_tree() {
    let mut bench = Bench::two();
    bench.click(Role::ComboBox, "Part: Whole file");
    bench.click(Role::TreeItem, "core module 1 second");
    let lines = bench.lines();
    assert!(lines.iter().any(|l| l == "(module $second"), "{lines:?}");
    assert!(bench.0.harness.query_by_role_and_label(Role::ListItem, "main").is_some());
    assert!(!bench.says("lonely"));
    assert!(bench.0.harness.query_by_role_and_label(Role::ComboBox, "Part: core module 1 second").is_some());
}

#[test]
fn a_component_is_found_where_it_was_left_after_another_was_looked_at() {
    let mut bench = Bench::two();
    bench.click(Role::ComboBox, "Part: Whole file");
    bench.click(Role::TreeItem, "core module 1 second");
    bench.go("odd name");
    let session = &mut bench.0.harness.state_mut().session;
    let two = session.library().values().next().unwrap().digest;
    session.apply(Command::OpenSample("adder-wat.wasm".into()));
    session.poll();
    bench.run();
    assert!(bench.0.harness.query_by_role_and_label(Role::ComboBox, "Part: Whole file").is_some());
    bench.0.harness.state_mut().session.apply(Command::Select(Selection::Component(two)));
    bench.run();
    assert!(bench.0.harness.query_by_role_and_label(Role::ComboBox, "Part: core module 1 second").is_some());
    assert!(bench.says("odd name of core module 1 second"), "{:?}", bench.said());
}

#[test]
fn a_function_is_gone_to_by_list_name_line_and_offset_and_gone_back_from() {
    let mut bench = Bench::two();
    bench.click(Role::ListItem, "helper, in 1");
    assert!(bench.says("helper of core module 1 second"), "{:?}", bench.said());
    bench.go("odd name");
    assert!(bench.says("odd name of core module 1 second"), "{:?}", bench.said());
    bench.go(":3");
    assert!(bench.says("Line 3 of 29"), "{:?}", bench.said());
    bench.go("0x10");
    assert!(bench.says("Line 2 of 29 · 0xa · header of core module 0 first"), "{:?}", bench.said());
    bench.go("nothing like it");
    assert!(bench.says("No function of this part is called “nothing like it”"));
    bench.go("0xffffff");
    assert!(bench.says("is not in this part"));
    for _ in 0..3 {
        bench.click(Role::Button, "Go back");
    }
    assert!(bench.says("helper of core module 1 second"), "{:?}", bench.said());
}

#[test]
fn a_call_leads_to_what_it_calls_and_back_to_its_line() {
    let mut bench = Bench::two();
    let call = bench.said().iter().position(|l| l.trim() == "call $helper").unwrap();
    assert!(call > 0);
    // By pointer: the name is behind the gutter, the indentation and the word.
    let node = bench.0.harness.get_all_by_label("      call $helper").next().unwrap().rect();
    let mut found = false;
    for x in (0..400).step_by(6) {
        let at = node.left_center() + vec2(x as f32, 0.0);
        bench.0.harness.hover_at(at);
        bench.0.harness.step();
        if bench.0.harness.output().platform_output.cursor_icon == egui::CursorIcon::PointingHand {
            bench.0.harness.drag_at(at);
            bench.0.harness.drop_at(at);
            found = true;
            break;
        }
    }
    assert!(found, "the name of a call can be clicked");
    bench.run();
    assert!(bench.says("· helper of core module 1 second"), "{:?}", bench.said());
    bench.click(Role::Button, "Go back");
    assert!(bench.says("· main of core module 1 second"), "{:?}", bench.said());
    // By keyboard: the line that is selected has a button.
    bench.click(Role::Button, "Go to helper");
    assert!(bench.says("· helper of core module 1 second"), "{:?}", bench.said());
}

#[test]
fn text_is_found_counted_and_stepped_through() {
    let mut bench = Bench::new(module_of(500));
    bench.find("I32.CONST 4");
    assert!(bench.says("1 of 111"), "{:?}", bench.said());
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(bench.says("2 of 111"), "{:?}", bench.said());
    bench.key(Modifiers::NONE, Key::F3);
    bench.key(Modifiers::SHIFT, Key::Enter);
    bench.key(Modifiers::SHIFT, Key::F3);
    bench.key(Modifiers::SHIFT, Key::F3);
    assert!(bench.says("111 of 111"), "around the end: {:?}", bench.said());
    assert!(bench.lines().iter().any(|l| l.trim() == "i32.const 499"), "it is in sight");
    bench.click(Role::Button, "Next match");
    assert!(bench.says("1 of 111"));
    bench.find("no such text");
    assert!(bench.says("No match"));
}

#[test]
fn more_matches_than_are_kept_are_stepped_through_too() {
    let mut bench = Bench::new(module_of(12_000));
    bench.find("i32.const");
    assert!(bench.says("1 of 12,000"), "{:?}", bench.said());
    bench.key(Modifiers::SHIFT, Key::Enter);
    assert!(bench.says("12,000 of 12,000"), "{:?}", bench.said());
    bench.go("f4999");
    bench.find("i32.CONST");
    bench.key(Modifiers::NONE, Key::F3);
    bench.key(Modifiers::NONE, Key::F3);
    assert!(bench.says(" of 12,000"), "{:?}", bench.said());
}

#[test]
fn keys_scroll_over_a_long_text_and_lines_are_copied() {
    let mut bench = Bench::new(module_of(3_000));
    let scroll = |bench: &Bench| bench.said().into_iter().find(|s| s.starts_with("Disassembly, ")).unwrap();
    let view = scroll(&bench);
    bench.0.harness.get_by_role_and_label(Role::ScrollView, &view).focus();
    bench.run();
    bench.key(Modifiers::NONE, Key::End);
    assert!(scroll(&bench).ends_with("to 9003 of 9003"), "{}", scroll(&bench));
    bench.key(Modifiers::NONE, Key::PageUp);
    assert!(!scroll(&bench).ends_with("to 9003 of 9003"));
    bench.key(Modifiers::NONE, Key::Home);
    assert!(scroll(&bench).starts_with("Disassembly, 1 to "));
    bench.go(":4");
    bench.click(Role::Button, "Copy line");
    assert_eq!(bench.0.harness.state().copied.last().unwrap(), "    i32.const 0\n");
}

#[test]
fn functions_are_searched_by_name() {
    let mut bench = Bench::new(module_of(2_000));
    bench.type_into(Role::SearchInput, "Search 2,000 functions", "F123");
    let names: Vec<_> =
        bench.0.harness.get_all_by_role(Role::ListItem).filter_map(|n| n.accesskit_node().label()).collect();
    assert_eq!(names.first().map(String::as_str), Some("f123"), "{names:?}");
    assert!(names.iter().all(|n| n.contains("f123")));
    bench.type_into(Role::SearchInput, "Search 2,000 functions", "nobody");
    assert!(bench.says("No function has this in its name"));
}

#[test]
fn bytes_are_shown_named_gone_to_and_copied() {
    let mut bench = Bench::two();
    bench.click(Role::RadioButton, "Hex");
    let bytes = wat::parse_str(TWO).unwrap();
    assert!(bench.says(&hex::row(&bytes, 0..16)), "{:?}", bench.said());
    let hello = bytes.windows(5).position(|w| w == b"Hello").unwrap();
    bench.go(&format!("{hello:#x}"));
    assert!(bench.says("segment 0 of core module 1 second"), "{:?}", bench.said());
    bench.click(Role::Button, "Copy byte");
    assert_eq!(bench.0.harness.state().copied.last().unwrap(), "48");
    // A function is gone to as its bytes, and back in the text it is the same one.
    bench.go("helper");
    bench.click(Role::Button, "Copy 5 bytes");
    assert_eq!(bench.0.harness.state().copied.last().unwrap(), "04 00 41 2a 0b");
    bench.click(Role::RadioButton, "WAT");
    assert!(bench.says("helper of core module 1 second"), "{:?}", bench.said());
    // On the line that says what the function is, which stands for its first bytes.
    bench.click(Role::Button, "Copy line");
    assert_eq!(bench.0.harness.state().copied.last().unwrap().trim(), "(func $helper (;2;) (type 2) (result i32)");
    bench.click(Role::RadioButton, "Hex");
    bench.click(Role::Button, "Copy byte");
    assert_eq!(bench.0.harness.state().copied.last().unwrap(), "00");
}

#[test]
fn a_link_from_elsewhere_chooses_the_innermost_part() {
    let mut bench = Bench::two();
    let bytes = wat::parse_str(TWO).unwrap();
    let component = bench.0.harness.state().session.library().values().next().unwrap().digest;
    let constant = bytes.windows(2).position(|w| w == [0x41, 42]).unwrap();
    let state = &mut bench.0.harness.state_mut().state;
    state.go(Place { component, view: View::Summary, at: At::Here });
    bench.run();
    let state = &mut bench.0.harness.state_mut().state;
    state.go(Place { component, view: View::Code, at: At::Bytes(constant..constant + 2) });
    bench.run();
    assert!(bench.0.harness.query_by_role_and_label(Role::ComboBox, "Part: core module 1 second").is_some());
    assert!(bench.says("helper of core module 1 second"), "{:?}", bench.said());
}

#[test]
fn a_text_that_was_found_in_data_is_shown_as_bytes() {
    let mut bench = Bench::two();
    let bytes = wat::parse_str(TWO).unwrap();
    let component = bench.0.harness.state().session.library().values().next().unwrap().digest;
    let found = bytes.windows(5).position(|w| w == b"bytes").unwrap();
    let state = &mut bench.0.harness.state_mut().state;
    state.go(Place { component, view: View::Code, at: At::Hex(found..found + 5) });
    bench.run();
    assert!(bench.says("Copy 5 bytes"), "{:?}", bench.said());
}

#[test]
fn what_cannot_be_read_is_said_beside_the_rest() {
    let mut bytes = module_of(50);
    bytes.truncate(bytes.len() - 300);
    let bench = Bench::new(bytes);
    assert!(bench.says("The text ends where this part cannot be read further"), "{:?}", bench.said());
    assert!(bench.says("(module"));
}

/// A machine that keeps work until it is asked to do it.
#[derive(Default)]
struct Slow {
    memory: Memory,
    work: Mutex<Vec<Work>>,
}

impl Env for Slow {
    crate::session::files_in_memory!();

    fn now_nanos(&self) -> u64 {
        self.memory.now_nanos()
    }
    fn spawn(&self, name: &str, work: Work) {
        if name == "study" {
            self.work.lock().unwrap().push(work);
        } else {
            work();
        }
    }
    fn wake(&self) {}
}

#[test]
fn a_disassembly_that_takes_long_can_be_cancelled_and_made_later() {
    let env = Arc::new(Slow::default());
    let bytes = wat::parse_str(TWO).unwrap();
    let mut bench = Bench::sized([1000.0, 640.0], Theme::Dark, bytes, Arc::<Slow>::clone(&env));
    assert!(bench.says("Disassembling"), "{:?}", bench.said());
    bench.0.picture("code-waiting");
    bench.click(Role::Button, "Cancel");
    assert!(bench.says("It was cancelled"));
    bench.click(Role::Button, "Disassemble");
    let work: Vec<_> = env.work.lock().unwrap().drain(..).collect();
    work.into_iter().for_each(|work| work());
    bench.run();
    assert!(bench.says("Line 1 of 29"), "{:?}", bench.said());
}

#[test]
fn pictures() {
    let sample = |file: &str| {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components").join(file)).unwrap()
    };
    both(|theme, word| {
        let env = || Arc::new(Memory::default());
        let mut bench = Bench::sized([1000.0, 640.0], theme, sample("ledger-rust.wasm"), env());
        bench.go("0");
        bench.find("call");
        bench.key(Modifiers::NONE, Key::F3);
        bench.0.picture(&format!("code-wat-{word}"));
        bench.click(Role::RadioButton, "Hex");
        bench.0.picture(&format!("code-hex-{word}"));
        let mut bench = Bench::sized([620.0, 420.0], theme, wat::parse_str(TWO).unwrap(), env());
        bench.click(Role::ComboBox, "Part: Whole file");
        bench.0.picture(&format!("code-narrow-{word}"));
    });
}
