//! Frames as a person uses them, in the whole window: folded, opened, resized, by pointer, keyboard and name; pictures.

use super::desk::{CHECK, Desk, ORDERS, project};
use crate::compose::{Edit, Port};
use crate::project::{Document, Frame};
use crate::session::{Change, Command, FrameEdit, Selection, Session};
use crate::ui::look::both;
use egui::{Key as Pressed, Modifiers, Pos2, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

/// Two shops that share a fraud check; the first shop and the check are in a frame, what is left over in another.
fn shop() -> Session {
    let mut session = project();
    let checkout = session.document().composition.instances["checkout-rust"].component;
    let connect = |from: &str, to: &str| {
        Change::Compose(Edit::Connect { from: Port::new(from, CHECK), to: Port::new(to, CHECK) })
    };
    let frame = |at, names: &[&str]| Frame::new(at, [100.0, 100.0]).with(names.iter().map(|n| (*n).to_owned()));
    let changes = [
        Change::Compose(Edit::AddInstance { name: "kiosk".into(), component: checkout }),
        connect("fraud-check-rust", "checkout-rust"),
        connect("fraud-check-rust", "kiosk"),
        Change::Move(vec![
            ("fraud-check-rust".into(), [96.0, 120.0]),
            ("checkout-rust".into(), [540.0, 120.0]),
            ("kiosk".into(), [1020.0, 120.0]),
            ("fraud-check-js".into(), [96.0, 408.0]),
            ("fraud-check-c".into(), [444.0, 408.0]),
        ]),
        Change::Frame(FrameEdit::Add("Payments".into(), frame([72.0, 60.0], &["checkout-rust", "fraud-check-rust"]))),
        Change::Frame(FrameEdit::Add("Spare".into(), frame([72.0, 350.0], &["fraud-check-js", "fraud-check-c"]))),
    ];
    for change in changes {
        session.apply(Command::Change(change));
        session.end_gesture();
    }
    session.apply(Command::Select(Selection::None));
    session.poll();
    session
}

fn document(desk: &Desk) -> &Document {
    desk.session().document()
}

#[test]
fn pictures() {
    both(|theme, name| {
        for (size, word) in [([1280.0, 800.0], "1280"), ([1600.0, 1000.0], "1600")] {
            let mut desk = Desk::sized(shop(), size, theme);
            desk.press(Modifiers::COMMAND, Pressed::J);
            desk.press(Modifiers::COMMAND, Pressed::Num1);
            desk.0.picture(&format!("groups-open-{word}-{name}"));
            desk.click(Role::Button, "Fold Payments");
            desk.press(Modifiers::COMMAND, Pressed::Num0);
            desk.press(Modifiers::COMMAND, Pressed::Num1);
            desk.0.picture(&format!("groups-folded-{word}-{name}"));
            if word == "1280" {
                desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Pressed::A);
                desk.0.picture(&format!("groups-arranged-{name}"));
                let node =
                    desk.0.harness.get_by_role_and_label(Role::GraphicsObject, "folded frame Payments, 2 instances");
                let at = node.rect().center_top() + vec2(0.0, 30.0);
                desk.0.harness.event(egui::Event::PointerMoved(at));
                for pressed in [true, false] {
                    let (button, modifiers) = (egui::PointerButton::Secondary, Modifiers::NONE);
                    desk.0.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
                    desk.run();
                }
                desk.0.picture(&format!("groups-menu-{name}"));
                desk.key(Pressed::Escape);
                desk.press(Modifiers::COMMAND, Pressed::L);
                desk.0.picture(&format!("groups-list-{name}"));
            }
        }
    });
}

const FOLDED: &str = "folded frame Payments, 2 instances";
const SHARED: &str = "Payments export fraud-check-rust techbytes:payments/fraud-check, connected";

fn is_folded(desk: &Desk, title: &str) -> bool {
    document(desk).frames[title].folded
}

fn has(desk: &Desk, role: Role, name: &str) -> bool {
    desk.0.harness.query_by_role_and_label(role, name).is_some()
}

#[track_caller]
fn rect(desk: &Desk, role: Role, name: &str) -> egui::Rect {
    desk.0.harness.get_by_role_and_label(role, name).rect()
}

/// The graph alone, all of it in view.
fn desk() -> Desk {
    let mut desk = Desk::new(shop());
    desk.press(Modifiers::COMMAND, Pressed::J);
    desk.press(Modifiers::COMMAND, Pressed::Num1);
    desk
}

fn drag(desk: &mut Desk, from: Pos2, to: Pos2) {
    desk.0.harness.drag_at(from);
    desk.run();
    for part in [0.3, 0.7, 1.0] {
        desk.0.harness.hover_at(from.lerp(to, part));
        desk.run();
    }
    desk.0.harness.drop_at(to);
    desk.run();
}

fn palette(desk: &mut Desk, text: &str) {
    desk.press(Modifiers::COMMAND, Pressed::K);
    desk.0.harness.event(egui::Event::Text(text.into()));
    desk.run();
    desk.key(Pressed::Enter);
}

fn click_at(desk: &mut Desk, at: Pos2, button: egui::PointerButton, times: usize) {
    desk.0.harness.hover_at(at);
    desk.0.harness.step();
    for pressed in [true, false].repeat(times) {
        let modifiers = Modifiers::NONE;
        desk.0.harness.input_mut().events.push(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    // All in one frame: between two frames more time passes than a double click has.
    desk.run();
}

#[test]
fn a_frame_folds_and_opens_in_every_way() {
    let mut desk = desk();
    let before = document(&desk).clone();
    desk.click(Role::Button, "Fold Payments");
    assert!(is_folded(&desk, "Payments"));
    assert_eq!(desk.session().undo_label(), Some("Fold Payments"));
    assert_eq!(document(&desk).composition, before.composition);
    desk.click(Role::Button, "Open Payments");
    assert!(!is_folded(&desk, "Payments"));
    // Double click on its title, and on the node.
    let head = rect(&desk, Role::GraphicsObject, "frame Payments, 2 instances");
    click_at(&mut desk, head.center(), egui::PointerButton::Primary, 2);
    assert!(is_folded(&desk, "Payments"), "double click on the title");
    let node = rect(&desk, Role::GraphicsObject, FOLDED);
    click_at(&mut desk, node.center_top() + vec2(20.0, 16.0), egui::PointerButton::Primary, 2);
    assert!(!is_folded(&desk, "Payments"), "double click on the node");
    // The shortcut, on the frame and on a node in it; the palette; the menu.
    desk.press(Modifiers::COMMAND, Pressed::G);
    assert!(is_folded(&desk, "Payments"), "the shortcut folds");
    desk.press(Modifiers::COMMAND, Pressed::G);
    assert!(!is_folded(&desk, "Payments"), "the shortcut opens");
    desk.click(Role::GraphicsObject, "fraud-check-js, instance of fraud-check-js");
    desk.press(Modifiers::COMMAND, Pressed::G);
    assert!(is_folded(&desk, "Spare"), "of what is selected");
    palette(&mut desk, "fold or open frame");
    assert!(!is_folded(&desk, "Spare"), "the palette");
    let head = rect(&desk, Role::GraphicsObject, "frame Spare, 2 instances");
    click_at(&mut desk, head.center(), egui::PointerButton::Secondary, 1);
    desk.click(Role::MenuItem, "Fold into one node");
    assert!(is_folded(&desk, "Spare"), "the menu");
    // The list.
    desk.press(Modifiers::COMMAND, Pressed::L);
    desk.click(Role::Button, "Open Spare");
    assert!(!is_folded(&desk, "Spare"), "the list");
    desk.enter_at("frame Spare, 2 instances, open");
    desk.key(Pressed::Space);
    assert!(is_folded(&desk, "Spare"), "the list by keyboard");
}

#[test]
fn a_folded_frame_hides_its_members_and_shows_what_leads_out() {
    let mut desk = desk();
    let member = "checkout-rust, instance of checkout-rust · 1 of 2";
    assert!(has(&desk, Role::GraphicsObject, member));
    desk.click(Role::Button, "Fold Payments");
    assert!(!has(&desk, Role::GraphicsObject, member));
    assert!(has(&desk, Role::GraphicsObject, FOLDED));
    assert!(has(&desk, Role::GraphicsSymbol, SHARED), "what kiosk uses leads out");
    let orders = format!("Payments export checkout-rust {ORDERS}, exported as checkout-rust-checkout");
    assert!(has(&desk, Role::GraphicsSymbol, &orders), "nobody uses it, so somebody could");
    let inner = format!("Payments import checkout-rust {CHECK}, connected");
    assert!(!has(&desk, Role::GraphicsSymbol, &inner), "the wire to it is inside");
    let wires = |desk: &Desk| {
        let label = |n: &egui_kittest::Node<'_>| n.accesskit_node().label().unwrap_or_default();
        let all = desk.0.harness.get_all_by_role(Role::GraphicsSymbol).map(|n| label(&n));
        all.filter(|l| l.starts_with("wire from")).collect::<Vec<_>>()
    };
    assert_eq!(wires(&desk), [format!("wire from fraud-check-rust {CHECK} to kiosk {CHECK}")]);
    // The inspector has the members.
    assert_eq!(desk.session().selection(), &Selection::Frame("Payments".into()));
    for name in ["checkout-rust", "fraud-check-rust"] {
        assert!(desk.0.harness.query_all_by_label_contains(name).next().is_some(), "{name}");
    }
    desk.0.harness.get_by_label("Folded frame of 2 instances");
}

#[test]
fn wires_are_drawn_from_a_folded_frame_and_end_at_the_real_port() {
    let mut desk = desk();
    let edit = Edit::Disconnect(Port::new("kiosk", CHECK));
    desk.ask(Command::Change(Change::Compose(edit)));
    desk.click(Role::Button, "Fold Spare");
    let export = format!("Spare export fraud-check-c {CHECK}, unused");
    let import = format!("kiosk import {CHECK}, missing");
    let [from, to] = [&export, &import].map(|name| rect(&desk, Role::GraphicsSymbol, name).center());
    drag(&mut desk, from, to);
    let wire = |desk: &Desk| document(desk).composition.wires.get(&Port::new("kiosk", CHECK)).cloned();
    assert_eq!(wire(&desk), Some(Port::new("fraud-check-c", CHECK)));
    // And by keyboard: only what can be seen is offered.
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert_eq!(wire(&desk), None);
    desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &import).focus();
    desk.run();
    desk.key(Pressed::Enter);
    desk.key(Pressed::Enter);
    assert!(wire(&desk).is_some());
}

#[test]
fn problems_inside_are_counted_on_the_node() {
    let mut desk = desk();
    let checkout = document(&desk).composition.instances["kiosk"].component;
    desk.click(Role::Button, "Fold Payments");
    desk.ask(Command::Change(Change::Compose(Edit::Disconnect(Port::new("checkout-rust", CHECK)))));
    assert!(has(&desk, Role::GraphicsObject, &format!("{FOLDED}, 1 unsatisfied import")));
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert!(has(&desk, Role::GraphicsObject, FOLDED));
    // The wire inside does not fit any more, and nobody sees it.
    let edit = Edit::Replace { instance: "fraud-check-rust".into(), component: checkout };
    desk.ask(Command::Change(Change::Compose(edit)));
    let node = rect(&desk, Role::GraphicsObject, &format!("{FOLDED}, 2 problems"));
    desk.0.picture("groups-problem");
    click_at(&mut desk, node.right_top() + vec2(-20.0, 0.0), egui::PointerButton::Primary, 1);
    assert!(has(&desk, Role::Tab, "Problems 3") || has(&desk, Role::Tab, "Problems"), "the mark leads to them");
    assert_eq!(desk.focused().1, format!("{FOLDED}, 2 problems"), "what is inside is reached by the node");
}

#[test]
fn a_folded_frame_moves_and_goes_with_its_members() {
    let mut desk = desk();
    desk.click(Role::Button, "Fold Payments");
    let before = document(&desk).clone();
    let node = rect(&desk, Role::GraphicsObject, FOLDED);
    drag(&mut desk, node.left_top() + vec2(60.0, 20.0), node.left_top() + vec2(140.0, 80.0));
    let after = document(&desk).clone();
    let by = |name: &str| [0, 1].map(|i| after.layout[name][i] - before.layout[name][i]);
    let of_frame = [0, 1].map(|i| after.frames["Payments"].at[i] - before.frames["Payments"].at[i]);
    assert!(of_frame[0] > 20.0 && of_frame[1] > 20.0, "{of_frame:?}");
    assert_eq!((by("checkout-rust"), by("fraud-check-rust")), (of_frame, of_frame));
    assert_eq!(by("kiosk"), [0.0, 0.0]);
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert_eq!(document(&desk), &before, "one step");
    desk.0.harness.get_by_role_and_label(Role::GraphicsObject, FOLDED).focus();
    desk.run();
    desk.key(Pressed::ArrowRight);
    assert_eq!(document(&desk).layout["checkout-rust"][0], before.layout["checkout-rust"][0] + 12.0);
    desk.press(Modifiers::COMMAND, Pressed::D);
    assert!(is_folded(&desk, "Payments 2"), "a copy of a group is one");
    desk.press(Modifiers::COMMAND, Pressed::Z);
    desk.0.harness.get_by_role_and_label(Role::GraphicsObject, FOLDED).focus();
    desk.run();
    desk.key(Pressed::Enter);
    desk.key(Pressed::Delete);
    assert_eq!(desk.session().undo_label(), Some("Remove Payments with its 2 instances"));
    assert_eq!(document(&desk).composition.instances.len(), 3);
}

#[test]
fn a_frame_is_resized_by_its_edges_and_by_keyboard() {
    let mut desk = desk();
    let zoom = {
        let nodes = [("fraud-check-js", 96.0), ("fraud-check-c", 444.0)];
        let [a, b] = nodes.map(|(n, _)| rect(&desk, Role::GraphicsObject, &format!("{n}, instance of {n}")).left());
        (b - a) / (nodes[1].1 - nodes[0].1)
    };
    let frame = |desk: &Desk| document(desk).frames["Spare"].clone();
    let head = rect(&desk, Role::GraphicsObject, "frame Spare, 2 instances");
    let edge = egui::pos2(head.right() - 1.0, head.bottom() + 20.0 * zoom);
    drag(&mut desk, edge, edge + vec2(120.0, 0.0) * zoom);
    let wide = frame(&desk);
    assert_eq!(desk.session().undo_label(), Some("Resize frame Spare"));
    let now = rect(&desk, Role::GraphicsObject, "frame Spare, 2 instances");
    assert!((now.width() - head.width() - 120.0 * zoom).abs() < 12.0 * zoom, "{head:?} {now:?}");
    desk.0.harness.get_by_role_and_label(Role::GraphicsObject, "frame Spare, 2 instances").focus();
    desk.run();
    desk.press(Modifiers::COMMAND, Pressed::ArrowRight);
    desk.press(Modifiers::COMMAND, Pressed::ArrowDown);
    let larger = frame(&desk);
    assert_eq!(larger.size, [wide.size[0] + 12.0, wide.size[1] + 12.0]);
    let said = desk.0.harness.get_by_role(Role::Status).accesskit_node().label().unwrap();
    assert_eq!(said, format!("frame Spare is {:.0} by {:.0}", larger.size[0], larger.size[1]));
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Pressed::ArrowLeft);
    assert_eq!(frame(&desk).at[0], larger.at[0] - 12.0);
    palette(&mut desk, "fit frame to its members");
    assert!(frame(&desk).size[0] < wide.size[0]);
    for _ in 0..20 {
        desk.0.harness.get_by_role_and_label(Role::GraphicsObject, "frame Spare, 2 instances").focus();
        desk.press(Modifiers::COMMAND, Pressed::ArrowLeft);
    }
    let said = desk.0.harness.get_by_role(Role::Status).accesskit_node().label().unwrap();
    assert_eq!(said, "frame Spare cannot be smaller: its members are there");
}

#[test]
fn nodes_are_dragged_into_frames_and_out_of_them() {
    let mut desk = desk();
    let node = rect(&desk, Role::GraphicsObject, "fraud-check-c, instance of fraud-check-c");
    let grip = node.left_top() + vec2(30.0, 8.0);
    drag(&mut desk, grip, grip + vec2(160.0, 120.0));
    assert_eq!(document(&desk).frame_of("fraud-check-c"), None);
    assert!(has(&desk, Role::GraphicsObject, "frame Spare, 1 instance"));
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert_eq!(document(&desk).frame_of("fraud-check-c"), Some("Spare"));
    let node = rect(&desk, Role::GraphicsObject, "kiosk, instance of checkout-rust · 2 of 2");
    let frame = rect(&desk, Role::GraphicsObject, "frame Payments, 2 instances");
    let grip = node.left_top() + vec2(30.0, 8.0);
    drag(&mut desk, grip, frame.center() + vec2(0.0, 30.0));
    assert_eq!(document(&desk).frame_of("kiosk"), Some("Payments"));
}

#[test]
fn frames_are_rows_of_the_list() {
    let mut desk = desk();
    desk.press(Modifiers::COMMAND, Pressed::L);
    desk.click(Role::TreeItem, "frame Spare, 2 instances, open");
    assert_eq!(desk.session().selection(), &Selection::Frame("Spare".into()));
    desk.key(Pressed::F2);
    desk.expect_focus(Role::TextInput, "Title of Spare");
    desk.type_over("Payments");
    desk.key(Pressed::Enter);
    desk.expect_focus(Role::TextInput, "Title of Spare");
    desk.type_over("Other checks");
    desk.key(Pressed::Enter);
    desk.expect_focus(Role::TreeItem, "frame Other checks, 2 instances, open");
    desk.click(Role::Button, "Add an instance to Other checks");
    desk.0.harness.event(egui::Event::Text("kiosk".into()));
    desk.run();
    desk.key(Pressed::Enter);
    assert_eq!(document(&desk).frame_of("kiosk"), Some("Other checks"));
    desk.click(Role::Button, "Take fraud-check-js out of Other checks");
    assert_eq!(document(&desk).frame_of("fraud-check-js"), None);
    desk.click(Role::TreeItem, "kiosk, in the frame Other checks");
    assert_eq!(desk.session().selection(), &Selection::Instances(vec!["kiosk".into()]));
    desk.click(Role::Button, "Remove frame Other checks");
    assert_eq!(document(&desk).composition.instances.len(), 5, "what was in it stays");
    assert!(!document(&desk).frames.contains_key("Other checks"));
}

#[test]
fn arranging_with_frames_is_one_step() {
    let mut desk = desk();
    let before = document(&desk).clone();
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Pressed::A);
    assert_eq!(desk.session().undo_label(), Some("Arrange"));
    let at = |name: &str| document(&desk).layout[name][0];
    assert!(at("fraud-check-rust") < at("checkout-rust") && at("checkout-rust") < at("kiosk"));
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert_eq!(document(&desk), &before);
}

#[test]
fn frames_are_not_put_into_frames() {
    let mut desk = desk();
    desk.click(Role::Button, "Fold Payments");
    let why = |desk: &Desk| crate::ui::actions::Action::FrameSelection.check(desk.session()).unwrap_err();
    assert!(why(&desk).contains("cannot be in another one"), "{}", why(&desk));
    desk.press(Modifiers::COMMAND, Pressed::A);
    assert!(why(&desk).contains("open the folded frame first"), "{}", why(&desk));
    // Of two open frames the new one takes the members over.
    desk.click(Role::Button, "Open Payments");
    desk.press(Modifiers::COMMAND, Pressed::A);
    palette(&mut desk, "frame selection");
    desk.key(Pressed::Enter);
    assert_eq!(document(&desk).frames["Frame"].members.len(), 5);
    assert_eq!(document(&desk).frames["Payments"].members.len(), 0);
}

#[test]
fn a_marquee_and_select_all_take_a_folded_frame_with_all_its_members() {
    let mut desk = desk();
    desk.click(Role::Button, "Fold Payments");
    let node = rect(&desk, Role::GraphicsObject, FOLDED);
    drag(&mut desk, node.left_bottom() + vec2(-20.0, 16.0), node.center());
    let names = vec!["checkout-rust".to_owned(), "fraud-check-rust".to_owned()];
    assert_eq!(desk.session().selection(), &Selection::Instances(names));
    desk.key(Pressed::Delete);
    assert_eq!(document(&desk).composition.instances.len(), 3);
    assert!(!document(&desk).frames.contains_key("Payments"), "nothing of it is left");
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert!(is_folded(&desk, "Payments"));
    let before = document(&desk).clone();
    desk.press(Modifiers::COMMAND, Pressed::A);
    desk.0.harness.get_by_role_and_label(Role::GraphicsObject, FOLDED).focus();
    desk.run();
    desk.key(Pressed::ArrowDown);
    let after = document(&desk);
    assert!(after.layout.iter().all(|(name, at)| at[1] == before.layout[name][1] + 12.0), "all moved");
    assert_eq!(after.frames["Spare"].members, before.frames["Spare"].members, "and stay where they belong");
}
