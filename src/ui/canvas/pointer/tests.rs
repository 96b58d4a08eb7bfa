//! Gestures on a small scene.

use super::super::scene::{Node, NodeState, PortShape, PortState, PortView, Wire};
use super::*;
use crate::component::Family;

fn node(id: &str, at: Pos2, imports: &[&str], exports: &[&str]) -> Node {
    let ports = |names: &[&str]| {
        let port = |name: &&str| PortView {
            name: (*name).to_owned(),
            of: None,
            label: (*name).to_owned(),
            version: String::new(),
            family: Family::Record,
            shape: PortShape::Interface,
            state: PortState::Satisfied,
            result: None,
            trouble: None,
            tooltip: String::new(),
        };
        names.iter().map(port).collect()
    };
    Node {
        id: id.to_owned(),
        group: None,
        title: id.to_owned(),
        subtitle: String::new(),
        mark: String::new(),
        badge: String::new(),
        size_text: String::new(),
        pos: at,
        imports: ports(imports),
        exports: ports(exports),
        state: NodeState::default(),
        selected: false,
    }
}

/// `a` gives x and y, `b` needs both and has x from `a`, `c` needs x; `d` stands apart.
fn scene() -> Scene {
    let nodes = vec![
        node("a", pos2(0.0, 0.0), &[], &["x", "y"]),
        node("b", pos2(600.0, 0.0), &["x", "y"], &[]),
        node("c", pos2(600.0, 300.0), &["x"], &[]),
        node("d", pos2(0.0, 600.0), &["x"], &["x"]),
    ];
    let (from, to) = (Port::new("a", "x"), Port::new("b", "x"));
    Scene::new(nodes, vec![Wire { from, to, family: Family::Record, broken: false, selected: false, tap: None }])
}

fn around<'a>(scene: &'a Scene, candidates: Option<&'a [Candidate]>) -> Around<'a> {
    let canvas = Rect::from_min_size(Pos2::ZERO, vec2(2000.0, 1500.0));
    Around { scene, view: View { offset: Vec2::ZERO, zoom: 1.0 }, canvas, candidates }
}

fn fits(instance: &str, name: &str) -> Candidate {
    Candidate { port: Port::new(instance, name), fit: Fit::Exact, replaces: None }
}

fn at(scene: &Scene, instance: &str, name: &str, side: Side) -> Pos2 {
    scene.at(scene.find(&Port::new(instance, name), side).unwrap())
}

/// Presses, moves in two steps, lets go.
fn drag(around: &Around<'_>, from: Pos2, to: Pos2, button: Button, held: Held) -> (Vec<Intent>, Vec2) {
    let mut gesture = Gesture::default();
    let mut out = (Vec::new(), Vec2::ZERO);
    let middle = from.lerp(to, 0.5);
    let events = [
        Event::Press(from, button, held),
        Event::Move(middle, held),
        Event::Move(to, held),
        Event::Release(to, button),
    ];
    for event in events {
        let done = gesture.handle(event, around);
        out.0.extend(done.intents);
        out.1 += done.pan;
    }
    assert_eq!(gesture, Gesture::Idle);
    out
}

const PLAIN: Held = Held { shift: false, command: false, alt: false, space: false };

/// Rule 16.
#[test]
fn the_middle_button_and_the_space_bar_pan() {
    let scene = scene();
    let around = around(&scene, None);
    for (button, held) in [(Button::Middle, PLAIN), (Button::Primary, Held { space: true, ..PLAIN })] {
        let (intents, pan) = drag(&around, pos2(50.0, 20.0), pos2(90.0, -10.0), button, held);
        assert_eq!((intents, pan), (Vec::new(), vec2(40.0, -30.0)));
    }
}

/// Rule 3.
#[test]
fn a_port_under_the_pointer_wins_over_a_nearer_one_that_fits() {
    let scene = scene();
    let refused = Candidate { fit: Fit::No("other types".into()), ..fits("b", "x") };
    let candidates = [refused, fits("b", "y")];
    let around = around(&scene, Some(&candidates));
    let (x, y) = (at(&scene, "b", "x", Side::Import), at(&scene, "b", "y", Side::Import));
    // In the line of x, but nearer to y's centre than SNAP.
    let over = vec2(2.0, 10.0) + x.to_vec2();
    assert!(over.to_pos2().distance(y) < super::super::geometry::SNAP);
    let wiring = Wiring { fixed: Port::new("a", "x"), side: Side::Export, was: None, at: over.to_pos2() };
    assert!(matches!(around.aim(&wiring), Aim::Refused(why, Some(_)) if why == "other types"));
    let beside = Wiring { at: y - vec2(15.0, 4.0), ..wiring };
    assert!(matches!(around.aim(&beside), Aim::Fits(_, c) if c.port.name == "y"));
}

#[test]
fn two_imports_are_not_joined() {
    let scene = scene();
    let around = around(&scene, Some(&[]));
    let to = at(&scene, "c", "x", Side::Import);
    let wiring = Wiring { fixed: Port::new("b", "y"), side: Side::Import, was: None, at: to };
    assert!(matches!(around.aim(&wiring), Aim::Refused(why, _) if why.contains("import")));
}

/// Rule 7.
#[test]
fn the_end_of_a_wire_moves_to_another_import_in_one_step() {
    let scene = scene();
    let candidates = [fits("b", "x"), fits("c", "x")];
    let around = around(&scene, Some(&candidates));
    let (from, to) = (at(&scene, "b", "x", Side::Import), at(&scene, "c", "x", Side::Import));
    let (intents, _) = drag(&around, from, to, Button::Primary, PLAIN);
    let rewire = Intent::Rewire { was: Port::new("b", "x"), from: Port::new("a", "x"), to: Port::new("c", "x") };
    assert_eq!(intents.last(), Some(&rewire));
    // Back where it was: nothing changes.
    let (intents, _) = drag(&around, from, from + vec2(-12.0, 3.0), Button::Primary, PLAIN);
    assert_eq!(intents.last(), Some(&Intent::Cancelled));
}

/// Rule 7: the other end.
#[test]
fn the_start_of_a_wire_is_picked_up_near_its_export() {
    let scene = scene();
    let candidates = [fits("a", "x"), fits("d", "x")];
    let around = around(&scene, Some(&candidates));
    let from = at(&scene, "a", "x", Side::Export) + vec2(26.0, 0.0);
    assert_eq!(around.hit(from), Hit::WireEnd(0, Side::Export));
    let to = at(&scene, "d", "x", Side::Export);
    let (intents, _) = drag(&around, from, to, Button::Primary, PLAIN);
    let connect = Intent::Connect { from: Port::new("d", "x"), to: Port::new("b", "x") };
    assert_eq!(intents.last(), Some(&connect), "connecting an import replaces what it has");
}

/// Rule 18.
#[test]
fn keys_decide_how_a_marquee_changes_the_selection() {
    let scene = scene();
    let around = around(&scene, None);
    let held = [
        (PLAIN, SelectMode::Replace),
        (Held { shift: true, ..PLAIN }, SelectMode::Add),
        (Held { command: true, ..PLAIN }, SelectMode::Toggle),
    ];
    for (held, mode) in held {
        let (intents, _) = drag(&around, pos2(590.0, 290.0), pos2(900.0, 700.0), Button::Primary, held);
        assert_eq!(intents, [Intent::Select { instances: vec!["c".into()], mode }]);
    }
}

/// Rule 10: the canvas's part.
#[test]
fn a_node_dropped_on_a_wire_asks_to_be_inserted() {
    let scene = scene();
    let around = around(&scene, None);
    let (from, to) = scene.course(0).unwrap().ends;
    let (intents, _) = drag(&around, pos2(20.0, 615.0), from.lerp(to, 0.5), Button::Primary, PLAIN);
    assert!(matches!(&intents[..], [Intent::Select { .. }, Intent::InsertOnWire { instance, wire, layout }]
        if instance == "d" && *wire == Port::new("b", "x") && layout.nodes.len() == 1));
    // Its own wire is none to insert it into.
    let (intents, _) = drag(&around, pos2(20.0, 10.0), from.lerp(to, 0.5), Button::Primary, PLAIN);
    assert!(!intents.iter().any(|i| matches!(i, Intent::InsertOnWire { .. })));
}

#[test]
fn a_menu_opens_on_what_is_under_the_pointer_and_selects_it() {
    let scene = scene();
    let around = around(&scene, None);
    let mut gesture = Gesture::default();
    let intents = gesture.handle(Event::Press(pos2(20.0, 10.0), Button::Secondary, PLAIN), &around).intents;
    assert!(matches!(&intents[..], [Intent::Select { instances, .. }, Intent::OpenMenu { on: MenuOn::Node(n), .. }]
        if *n == "a" && instances == &["a"]));
    let intents = gesture.handle(Event::Press(pos2(400.0, 900.0), Button::Secondary, PLAIN), &around).intents;
    assert!(matches!(&intents[..], [Intent::OpenMenu { on: MenuOn::Canvas, world: [400.0, 900.0], .. }]));
}

/// Rule 6.
#[test]
fn losing_the_window_ends_a_drag_without_a_change() {
    let scene = scene();
    let around = around(&scene, None);
    let mut gesture = Gesture::default();
    gesture.handle(Event::Press(pos2(20.0, 10.0), Button::Primary, PLAIN), &around);
    gesture.handle(Event::Move(pos2(60.0, 90.0), PLAIN), &around);
    assert_eq!(gesture.handle(Event::Cancel, &around).intents, [Intent::Cancelled]);
    assert_eq!(gesture, Gesture::Idle);
}

#[test]
fn a_frame_is_resized_by_the_mark_in_its_corner() {
    let frame = crate::project::Frame::new([-24.0, -48.0], [396.0, 300.0]).with(["a".to_owned()]);
    let scene = scene().framed(vec![FrameView::new("F", &frame, false)]);
    let around = around(&scene, None);
    let mark = pos2(372.0 - 10.0, 252.0 - 10.0);
    let (intents, _) = drag(&around, mark, mark + vec2(120.0, 60.0), Button::Primary, PLAIN);
    assert!(
        intents
            .iter()
            .any(|i| matches!(i, Intent::ResizeFrame { title, frame } if title == "F" && frame.size == [516.0, 360.0])),
        "{intents:?}"
    );
}
