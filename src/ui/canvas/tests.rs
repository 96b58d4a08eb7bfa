//! The canvas as a person uses it: by pointer, by keyboard, by name; and its pictures.

mod taps;

use super::*;
use crate::component::Family;
use crate::project::{Layout, Theme};
use crate::ui::look::{Stage, both};
use crate::ui::theme;
use egui::{CentralPanel, Frame, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

/// A document that does what intents say, as far as these tests need it.
struct Bench {
    nodes: Vec<Node>,
    wires: Vec<Wire>,
    canvas: CanvasState,
    log: Vec<Intent>,
    /// It is not known yet what fits.
    waits: bool,
}

fn port(name: &str, family: Family, shape: PortShape, state: PortState) -> PortView {
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    let label = path.rsplit('/').next().unwrap_or(path);
    PortView {
        name: name.to_owned(),
        of: None,
        label: label.to_owned(),
        version: version.to_owned(),
        family,
        shape,
        state,
        tooltip: format!("{name}\ncheck: func(order: order) -> result<score, string>"),
    }
}

fn node(id: &str, component: &str, language: &str, size: &str, at: [f32; 2]) -> Node {
    Node {
        id: id.to_owned(),
        group: None,
        title: id.to_owned(),
        subtitle: component.to_owned(),
        mark: String::new(),
        badge: language.to_owned(),
        size_text: size.to_owned(),
        pos: pos2(at[0], at[1]),
        imports: Vec::new(),
        exports: Vec::new(),
        state: NodeState::default(),
        selected: false,
    }
}

const FRAUD: &str = "techbytes:payments/fraud-check@1.0.0";
const STOCK: &str = "techbytes:shop/stock@1.2.0";

fn bench() -> Bench {
    use Family as F;
    use PortShape as S;
    use PortState::{Exported, Host, Mismatched, Missing, Satisfied, Unused};
    let mut checkout = node("checkout", "checkout-rust", "Rust", "144 KiB", [480.0, 96.0]);
    checkout.imports = vec![
        port(FRAUD, F::Variant, S::Interface, Missing),
        port(STOCK, F::Resource, S::Resource, Satisfied),
        port("techbytes:shop/rates@0.3.1", F::List, S::Interface, Mismatched),
        port("wasi:cli/stdout@0.2.0", F::Host, S::Host, Host),
        port("wasi:clocks/wall-clock@0.2.0", F::Host, S::Host, Host),
    ];
    checkout.exports = vec![
        port("techbytes:shop/checkout@1.2.0", F::Record, S::Interface, Exported),
        port("total", F::Number, S::Function, Unused),
    ];
    checkout.state = NodeState { unsatisfied: 2, ..NodeState::default() };
    let mut go = node("fraud-go", "fraud-check-go", "Go", "1.2 MiB", [72.0, 24.0]);
    go.exports = vec![port("techbytes:payments/fraud-check@1.2.0", F::Variant, S::Interface, Unused)];
    go.imports = vec![port("wasi:random/random@0.2.0", F::Host, S::Host, Host)];
    go.state.live = true;
    let mut stock = node("stock", "stock-rust", "Rust", "88 KiB", [72.0, 180.0]);
    stock.exports =
        vec![port(STOCK, F::Resource, S::Resource, Satisfied), port("ready", F::Choice, S::Function, Unused)];
    stock.imports = vec![port("wasi:filesystem/types@0.2.0", F::Host, S::Host, Host)];
    let mut rates = node("rates", "rates-js", "JavaScript", "11.4 MiB", [72.0, 348.0]);
    rates.exports = vec![port("techbytes:shop/rates@0.4.0", F::List, S::Interface, Satisfied)];
    rates.state = NodeState { trapped: true, ..NodeState::default() };
    let mut web = node("storefront", "storefront-python-with-a-long-name", "Python", "18 MiB", [864.0, 180.0]);
    web.imports = vec![port("techbytes:shop/checkout@1.2.0", F::Record, S::Interface, Satisfied)];
    web.exports = vec![port("wasi:http/incoming-handler@0.2.0", F::Host, S::Host, Exported)];
    web.state.missing = true;
    let wire = |from: &str, export: &str, to: &str, import: &str, family, broken| Wire {
        from: Port::new(from, export),
        to: Port::new(to, import),
        family,
        broken,
        selected: false,
        tap: (from == "checkout").then(|| "1,204 calls, 310 per second".to_owned()),
    };
    let wires = vec![
        wire("stock", STOCK, "checkout", STOCK, F::Resource, false),
        wire("rates", "techbytes:shop/rates@0.4.0", "checkout", "techbytes:shop/rates@0.3.1", F::List, true),
        wire(
            "checkout",
            "techbytes:shop/checkout@1.2.0",
            "storefront",
            "techbytes:shop/checkout@1.2.0",
            F::Record,
            false,
        ),
    ];
    Bench {
        nodes: vec![checkout, go, stock, rates, web],
        wires,
        canvas: CanvasState::default(),
        log: Vec::new(),
        waits: false,
    }
}

impl Bench {
    /// Ports whose labels are alike fit; others say so.
    fn candidates(&self) -> Option<Vec<Candidate>> {
        let (port, side) = self.canvas.linking().filter(|_| !self.waits)?;
        let label = |name: &str| name.split('@').next().unwrap_or(name).to_owned();
        let other = pointer::opposite(side);
        let all = self.nodes.iter().flat_map(|n| n.ports(other).iter().map(|p| Port::new(&n.id, &p.name)));
        let fit = |other: &Port| {
            if label(&other.name) != label(&port.name) || other.instance == port.instance {
                Fit::No(format!("`{}` is another interface than `{}`", other.name, port.name))
            } else if other.name == port.name {
                Fit::Exact
            } else {
                Fit::OtherVersion { import: port.name.clone(), export: other.name.clone() }
            }
        };
        let replaces = |other: &Port| {
            let to = if side == Side::Import { port } else { other };
            self.wires.iter().find(|w| w.to == *to).map(|w| w.from.clone())
        };
        Some(all.map(|p| Candidate { fit: fit(&p), replaces: replaces(&p), port: p }).collect())
    }

    fn apply(&mut self, intents: Vec<Intent>) {
        for intent in &intents {
            match intent {
                Intent::Select { instances, mode } => {
                    for node in &mut self.nodes {
                        let named = instances.contains(&node.id);
                        node.selected = match mode {
                            SelectMode::Replace => named,
                            SelectMode::Add => node.selected || named,
                            SelectMode::Toggle => node.selected != named,
                        };
                    }
                    self.wires.iter_mut().for_each(|w| w.selected = false);
                }
                Intent::SelectWire(to) => self.wires.iter_mut().for_each(|w| w.selected = w.to == *to),
                Intent::Move(layout) => {
                    for (name, [x, y]) in &layout.nodes {
                        let node = self.nodes.iter_mut().find(|n| n.id == *name).unwrap();
                        node.pos = pos2(*x, *y);
                    }
                }
                Intent::Connect { from, to } => {
                    self.wires.retain(|w| w.to != *to);
                    let (from, to) = (from.clone(), to.clone());
                    self.wires.push(Wire {
                        from,
                        to,
                        family: Family::Variant,
                        broken: false,
                        selected: false,
                        tap: None,
                    });
                }
                Intent::Disconnect(to) => self.wires.retain(|w| w.to != *to),
                _ => {}
            }
        }
        self.log.extend(intents);
    }
}

fn ui(ui: &mut egui::Ui, bench: &mut Bench) {
    CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
        let scene = Scene::new(bench.nodes.clone(), bench.wires.clone());
        let candidates = bench.candidates();
        let intents = show(ui, &scene, &mut bench.canvas, candidates.as_deref());
        bench.apply(intents);
    });
}

fn stage() -> Stage<'static, Bench> {
    let mut stage = Stage::new([1240.0, 640.0], Theme::Dark, bench(), ui);
    stage.harness.run();
    stage
}

const IMPORT: &str = "checkout import techbytes:payments/fraud-check@1.0.0, missing";
const EXPORT: &str = "fraud-go export techbytes:payments/fraud-check@1.2.0, unused";

/// Presses at one place and goes to another, without letting go.
fn drag(stage: &mut Stage<'_, Bench>, from: Pos2, to: Pos2) {
    let h = &mut stage.harness;
    h.drag_at(from);
    h.step();
    for part in [0.2, 0.6, 1.0] {
        h.hover_at(from.lerp(to, part));
        h.step();
    }
    h.run();
}

fn drop(stage: &mut Stage<'_, Bench>, at: Pos2) {
    stage.harness.drop_at(at);
    stage.harness.run();
}

fn center(stage: &Stage<'_, Bench>, label: &str) -> Pos2 {
    stage.harness.get_by_label(label).rect().center()
}

/// What the canvas says to assistive technology.
fn said(stage: &Stage<'_, Bench>) -> String {
    stage.harness.get_by_role(Role::Status).accesskit_node().label().unwrap_or_default()
}

fn each_shape(shape: &egui::Shape, of: &mut dyn FnMut(&egui::Shape)) {
    match shape {
        egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| each_shape(shape, of)),
        shape => of(shape),
    }
}

/// Every text that is painted.
fn painted(stage: &Stage<'_, Bench>) -> Vec<String> {
    let mut texts = Vec::new();
    for clipped in &stage.harness.output().shapes {
        each_shape(&clipped.shape, &mut |shape| {
            if let egui::Shape::Text(text) = shape {
                texts.push(text.galley.text().to_owned());
            }
        });
    }
    texts
}

/// How large the mark of a port is painted: the widest circle or polygon around this point.
fn mark_at(stage: &Stage<'_, Bench>, at: Pos2) -> f32 {
    let mut widest = 0.0_f32;
    for clipped in &stage.harness.output().shapes {
        each_shape(&clipped.shape, &mut |shape| {
            let bounds = match shape {
                egui::Shape::Circle(circle) => Rect::from_center_size(circle.center, Vec2::splat(2.0 * circle.radius)),
                egui::Shape::Path(path) if path.closed => Rect::from_points(&path.points),
                _ => return,
            };
            if bounds.center().distance(at) < 1.0 {
                widest = widest.max(bounds.width());
            }
        });
    }
    widest
}

fn last(stage: &Stage<'_, Bench>) -> Intent {
    stage.harness.state().log.last().cloned().unwrap()
}

#[test]
fn pictures() {
    both(|choice, name| {
        let mut s = Stage::new([1240.0, 640.0], choice, bench(), ui);
        s.harness.run();
        s.picture(&format!("canvas-{name}"));
        let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
        drag(&mut s, from, to + vec2(4.0, 10.0));
        s.picture(&format!("canvas-fits-{name}"));
        s.harness.hover_at(center(&s, "stock export ready, unused"));
        s.harness.run();
        s.picture(&format!("canvas-refused-{name}"));
        drop(&mut s, pos2(600.0, 600.0));
        s.harness.state_mut().apply(vec![
            Intent::Select { instances: vec!["stock".into(), "rates".into()], mode: SelectMode::Replace },
            Intent::SelectWire(Port::new("checkout", STOCK)),
        ]);
        s.harness.get_by_label(IMPORT).focus();
        s.harness.run();
        s.harness.key_press(Key::Enter);
        s.harness.run();
        s.picture(&format!("canvas-keyboard-{name}"));
        s.harness.key_press(Key::Escape);
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom: 0.5 });
        s.harness.run();
        s.picture(&format!("canvas-half-{name}"));
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom: 0.25 });
        s.harness.run();
        s.picture(&format!("canvas-tiny-{name}"));
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(-560.0, -20.0), zoom: 1.7 });
        s.harness.run();
        s.picture(&format!("canvas-large-{name}"));
    });
}

/// Rule 1.
#[test]
fn a_press_without_a_drag_makes_no_wire() {
    let mut s = stage();
    let at = center(&s, IMPORT);
    s.harness.drag_at(at);
    s.harness.step();
    s.harness.hover_at(at + vec2(3.0, 0.0));
    s.harness.step();
    assert!(s.harness.state().canvas.linking().is_none());
    s.harness.hover_at(at + vec2(-9.0, 0.0));
    s.harness.step();
    let (port, side) = s.harness.state().canvas.linking().unwrap();
    assert_eq!((port, side), (&Port::new("checkout", FRAUD), Side::Import));
}

#[test]
fn a_wire_is_dragged_from_an_import_to_an_export() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
    drag(&mut s, from, to);
    drop(&mut s, to);
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    assert_eq!(last(&s), Intent::Connect { from, to });
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 3; the rest of it is in `pointer`.
#[test]
fn a_wire_let_go_on_a_port_before_it_is_known_what_fits_is_connected() {
    let mut s = stage();
    s.harness.state_mut().waits = true;
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
    drag(&mut s, from, to);
    drop(&mut s, to);
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    assert_eq!(last(&s), Intent::Connect { from, to });
}

#[test]
fn a_wire_snaps_to_a_port_that_fits_nearby() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT) + vec2(18.0, 5.0));
    drag(&mut s, from, to);
    drop(&mut s, to);
    assert!(matches!(last(&s), Intent::Connect { .. }));
}

/// Rule 4.
#[test]
fn over_a_port_that_does_not_fit_nothing_happens() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, "stock export ready, unused"));
    drag(&mut s, from, to);
    assert_eq!(s.harness.output().platform_output.cursor_icon, egui::CursorIcon::NoDrop);
    // Why not, and which two ports: read out, and painted.
    let why = format!("Does not fit: `ready` is another interface than `{FRAUD}`");
    assert_eq!(said(&s), format!("{why}. stock · ready → checkout · {FRAUD}"));
    assert!(painted(&s).contains(&why), "{:?}", painted(&s));
    drop(&mut s, to);
    assert_eq!(said(&s), "");
    assert_eq!(last(&s), Intent::Cancelled);
    assert_eq!(s.harness.state().wires.len(), 3);
}

/// Rule 5: the canvas's part; the menu is tested with the workspace.
#[test]
fn a_wire_let_go_over_nothing_asks_what_fits() {
    let mut s = stage();
    let from = center(&s, IMPORT);
    let to = pos2(420.0, 560.0);
    drag(&mut s, from, to);
    drop(&mut s, to);
    assert!(matches!(last(&s), Intent::DropOnEmpty { side: Side::Import, .. }));
}

/// Rule 6.
#[test]
fn escape_and_the_secondary_button_take_a_drag_back() {
    for secondary in [false, true] {
        let mut s = stage();
        let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
        drag(&mut s, from, to);
        if secondary {
            let modifiers = Modifiers::NONE;
            s.harness.event(egui::Event::PointerButton {
                pos: to,
                button: PointerButton::Secondary,
                pressed: true,
                modifiers,
            });
        } else {
            s.harness.key_press(Key::Escape);
        }
        s.harness.run();
        assert_eq!(last(&s), Intent::Cancelled);
        drop(&mut s, to);
        assert!(!s.harness.state().log.iter().any(|i| matches!(i, Intent::Connect { .. })));
    }
}

/// Turns the wheel with Ctrl, or without.
fn scroll(stage: &mut Stage<'_, Bench>, by: f32, modifiers: Modifiers) {
    stage.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    });
    stage.harness.run();
}

/// Rule 16: about the pointer, during a drag too.
#[test]
fn zooming_and_scrolling_while_dragging_keep_what_is_dragged_under_the_pointer() {
    for modifiers in [Modifiers::COMMAND, Modifiers::NONE] {
        // A node: the same point of it stays under the pointer.
        let mut s = stage();
        let corner = s.harness.get_by_label("stock, instance of stock-rust").rect().min;
        let (held, to) = (vec2(30.0, 12.0), corner + vec2(150.0, 90.0));
        let zoom = s.harness.state().canvas.view.unwrap().zoom;
        drag(&mut s, corner + held, to);
        let before = s.harness.state().canvas.view.unwrap();
        scroll(&mut s, -120.0, modifiers);
        let view = s.harness.state().canvas.view.unwrap();
        assert_ne!(view, before);
        drop(&mut s, to);
        let at = s.harness.state().nodes.iter().find(|n| n.id == "stock").unwrap().pos;
        let canvas = s.harness.get_by_label("Canvas, 5 instances, 3 wires").rect();
        let wanted = view.to_world(canvas.min, to) - held / zoom;
        assert!((at - wanted).abs().max_elem() <= geometry::GRID / 2.0 + 0.5, "{at:?}, not {wanted:?}");
        // A wire: it ends where the port is now.
        let mut s = stage();
        let from = center(&s, IMPORT);
        drag(&mut s, from, from - vec2(60.0, 0.0));
        scroll(&mut s, -60.0, modifiers);
        let to = center(&s, EXPORT);
        s.harness.hover_at(to);
        s.harness.run();
        drop(&mut s, to);
        assert!(matches!(last(&s), Intent::Connect { .. }), "{:?}", last(&s));
    }
}

#[test]
fn the_minimap_stands_there_while_something_is_out_of_view_and_pans() {
    let mut s = stage();
    assert!(s.harness.query_by_label("Minimap").is_none(), "everything is in view");
    s.harness.state_mut().canvas.view = Some(View { offset: vec2(-900.0, 40.0), zoom: 1.6 });
    s.harness.run();
    let map = s.harness.get_by_label("Minimap").rect();
    let view = |s: &Stage<'_, Bench>| s.harness.state().canvas.view.unwrap();
    let before = view(&s);
    let log = s.harness.state().log.len();
    drag(&mut s, map.center(), map.center() - vec2(30.0, 0.0));
    let after = view(&s);
    drop(&mut s, map.center());
    assert!(after.offset.x > before.offset.x + 100.0, "{before:?} {after:?}: the left comes into view");
    assert_eq!(after.zoom, before.zoom);
    assert_eq!(s.harness.state().log.len(), log, "a drag there is none on the canvas");
    s.harness.state_mut().canvas.toggle_minimap();
    s.harness.run();
    assert!(s.harness.query_by_label("Minimap").is_none());
}

/// Rule 7: dropped on nothing.
#[test]
fn a_wire_is_picked_up_by_its_end() {
    let mut s = stage();
    let from = center(&s, "checkout import techbytes:shop/stock@1.2.0, connected");
    let to = pos2(420.0, 560.0);
    drag(&mut s, from, to);
    assert_eq!(s.harness.state().canvas.linking().unwrap().0.instance, "stock", "the export stays");
    drop(&mut s, to);
    assert_eq!(last(&s), Intent::Disconnect(Port::new("checkout", STOCK)));
}

#[test]
fn a_node_is_dragged_along_the_grid_and_takes_the_selection_with_it() {
    let mut s = stage();
    s.harness.get_by_label("rates, instance of rates-js, trapped").click();
    s.harness.run();
    let modifiers = Modifiers::SHIFT;
    let at = s.harness.get_by_label("stock, instance of stock-rust").rect().left_top() + vec2(40.0, 16.0);
    for pressed in [true, false] {
        s.harness.event_modifiers(egui::Event::PointerMoved(at), modifiers);
        s.harness.event_modifiers(
            egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        s.harness.step();
    }
    s.harness.run();
    let selected: Vec<_> = s.harness.state().nodes.iter().filter(|n| n.selected).map(|n| n.id.clone()).collect();
    assert_eq!(selected, ["stock", "rates"]);
    let zoom = s.harness.state().canvas.view().unwrap().zoom;
    drag(&mut s, at, at + vec2(31.0, 25.0) * zoom);
    drop(&mut s, at + vec2(31.0, 25.0) * zoom);
    let Intent::Move(layout) = last(&s) else { panic!("{:?}", last(&s)) };
    assert_eq!(layout.nodes, [("stock".to_owned(), [108.0, 204.0]), ("rates".to_owned(), [108.0, 372.0])]);
}

/// Rule 18; how keys change it is in `pointer`.
#[test]
fn a_marquee_selects_what_it_touches() {
    let mut s = stage();
    let a = s.harness.get_by_label("stock, instance of stock-rust").rect();
    let b = s.harness.get_by_label("rates, instance of rates-js, trapped").rect();
    drag(&mut s, a.left_top() - vec2(12.0, 4.0), b.center());
    drop(&mut s, b.center());
    let expected = vec!["stock".to_owned(), "rates".to_owned()];
    assert_eq!(last(&s), Intent::Select { instances: expected, mode: SelectMode::Replace });
}

/// Rule 19.
#[test]
fn the_keyboard_alone_connects_and_names_what_it_does() {
    let mut s = stage();
    s.harness.get_by_label(IMPORT).focus();
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    assert!(s.harness.get_by_role(Role::Status).accesskit_node().label().unwrap().contains("1 of 1"));
    s.harness.key_press(Key::ArrowDown);
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    assert!(matches!(last(&s), Intent::Connect { .. }));
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 19: Escape.
#[test]
fn leaving_by_escape_connects_nothing() {
    let mut s = stage();
    s.harness.get_by_label(IMPORT).focus();
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    s.harness.key_press(Key::Escape);
    s.harness.run();
    assert_eq!(last(&s), Intent::Cancelled);
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 20, and Delete of rule 18.
#[test]
fn arrow_keys_move_the_selection_and_say_so() {
    let mut s = stage();
    s.harness.get_by_label("stock, instance of stock-rust").click();
    s.harness.run();
    s.harness.key_press(Key::ArrowRight);
    s.harness.run();
    assert_eq!(last(&s), Intent::Move(Layout { nodes: vec![("stock".to_owned(), [84.0, 180.0])], frames: Vec::new() }));
    assert_eq!(s.harness.get_by_role(Role::Status).accesskit_node().label().unwrap(), "stock moved to 84, 180");
    s.harness.key_press(Key::Delete);
    s.harness.run();
    assert_eq!(last(&s), Intent::Delete);
}

#[test]
fn tab_walks_over_nodes_and_ports() {
    let mut s = stage();
    s.harness.get_by_label("fraud-go, instance of fraud-check-go, live").focus();
    s.harness.run();
    s.harness.key_press(Key::Tab);
    s.harness.run();
    assert!(s.harness.get_by_label("fraud-go import wasi:random/random@0.2.0, provided by the host").is_focused());
    assert!(s.harness.state().canvas.status().starts_with("fraud-go import"));
}

/// Rule 16: keys of the canvas's own.
#[test]
fn the_view_is_fitted_and_set_to_life_size_by_keys() {
    let mut s = stage();
    s.harness.state_mut().canvas.view = Some(View { offset: vec2(-4000.0, 0.0), zoom: 1.3 });
    s.harness.run();
    s.harness.get_by_label("Canvas, 5 instances, 3 wires").focus();
    s.harness.run();
    s.harness.key_press(Key::F);
    s.harness.run();
    let fitted = s.harness.state().canvas.view().unwrap();
    let bounds = Scene::new(bench().nodes, Vec::new()).bounds().unwrap();
    assert_eq!(fitted, View::fit(bounds, s.harness.state().canvas.size));
    // It stays fitted when the window takes another size.
    let room = s.harness.state().canvas.size;
    s.harness.set_size(vec2(700.0, 500.0));
    s.harness.run();
    let (view, size) = (s.harness.state().canvas.view().unwrap(), s.harness.state().canvas.size);
    assert_ne!(size, room);
    assert_eq!(view, View::fit(bounds, size));
    s.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    s.harness.run();
    assert_eq!(s.harness.state().canvas.view().unwrap().zoom, 1.0);
}

/// Rule 16: fitting an empty canvas does nothing.
#[test]
fn an_empty_canvas_takes_every_key_and_click() {
    let empty =
        Bench { nodes: Vec::new(), wires: Vec::new(), canvas: CanvasState::default(), log: Vec::new(), waits: false };
    let mut s = Stage::new([400.0, 300.0], Theme::Light, empty, ui);
    s.harness.run();
    s.harness.get_by_label("Canvas, 0 instances, 0 wires").click();
    s.harness.run();
    let before = s.harness.state().canvas.view();
    for key in [Key::F, Key::Enter, Key::Delete, Key::ArrowLeft, Key::Space, Key::Escape] {
        s.harness.key_press(key);
        s.harness.run();
    }
    assert_eq!(s.harness.state().canvas.view(), before);
}

/// Rule 14: the canvas's part.
#[test]
fn the_mark_of_missing_imports_leads_to_the_problem() {
    let mut s = stage();
    let node = s.harness.get_by_label("checkout, instance of checkout-rust, 2 unsatisfied imports").rect();
    let at = node.right_top() + vec2(-40.0, 0.0);
    s.harness.drag_at(at);
    s.harness.step();
    drop(&mut s, at);
    assert_eq!(last(&s), Intent::FocusProblem(vec!["checkout".to_owned()]));
}

/// Rule 15: the canvas's part.
#[test]
fn revealing_brings_into_view_and_focuses() {
    let mut s = stage();
    s.harness.state_mut().canvas.view = Some(View { offset: vec2(-4000.0, 0.0), zoom: 1.0 });
    let port = Some((FRAUD.to_owned(), Side::Import));
    s.harness.state_mut().canvas.ask(Ask::Reveal { instance: "checkout".into(), port });
    s.harness.run();
    let port = s.harness.get_by_label(IMPORT);
    assert!(port.is_focused());
    assert!(Rect::from_min_size(Pos2::ZERO, vec2(1240.0, 640.0)).contains_rect(port.rect()));
}

/// Rule 2.
#[test]
fn while_a_wire_is_drawn_what_fits_stands_out_and_the_rest_steps_back() {
    let mut s = stage();
    let ink = |s: &Stage<'_, Bench>| -> Vec<(String, egui::Color32)> {
        let mut inks = Vec::new();
        for clipped in &s.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| {
                if let egui::Shape::Text(text) = shape {
                    let color = text.galley.job.sections.first().map_or(text.fallback_color, |s| s.format.color);
                    inks.push((text.galley.text().to_owned(), color));
                }
            });
        }
        inks
    };
    let of = |inks: &[(String, egui::Color32)], text: &str| inks.iter().find(|(t, _)| t == text).unwrap().1;
    let ticks = |inks: &[(String, egui::Color32)]| inks.iter().filter(|(t, _)| t == icons::CHECK).count();
    let before = ink(&s);
    let (from, export) = (center(&s, IMPORT), center(&s, EXPORT));
    let mark = mark_at(&s, export);
    assert_eq!(ticks(&before), 0);
    for cancelled in [true, false] {
        s.harness.state_mut().waits = true;
        drag(&mut s, from, from - vec2(60.0, 0.0));
        let waiting = ink(&s);
        assert_eq!((ticks(&waiting), of(&waiting, "ready")), (0, of(&before, "ready")), "nothing is known yet");
        assert_eq!(mark_at(&s, export), mark);
        s.harness.state_mut().waits = false;
        s.harness.run();
        let during = ink(&s);
        assert_eq!(ticks(&during), 1, "the one port that fits has a tick");
        assert!(mark_at(&s, export) > mark + 4.0, "and a ring");
        let (dim, plain) = (of(&during, "ready"), of(&before, "ready"));
        assert!(dim.a() < plain.a(), "what does not fit is dimmed: {dim:?}, {plain:?}");
        if cancelled {
            s.harness.key_press(Key::Escape);
            s.harness.run();
        }
        drop(&mut s, from - vec2(60.0, 0.0));
        s.harness.remove_cursor();
        s.harness.run();
        let after = ink(&s);
        assert_eq!((ticks(&after), of(&after, "ready")), (0, plain));
        assert_eq!(mark_at(&s, export), mark);
    }
}

/// Rule 8.
#[test]
fn the_provider_that_would_be_replaced_is_named_before_release() {
    let mut s = stage();
    // A second export of what checkout takes from stock.
    let mut other = node("warehouse", "stock-rust", "Rust", "88 KiB", [72.0, 480.0]);
    other.exports = vec![port(STOCK, Family::Resource, PortShape::Resource, PortState::Unused)];
    s.harness.state_mut().nodes.push(other);
    s.harness.run();
    let from = center(&s, "warehouse export techbytes:shop/stock@1.2.0, unused");
    let to = center(&s, "checkout import techbytes:shop/stock@1.2.0, connected");
    drag(&mut s, from, to);
    assert_eq!(said(&s), format!("Fits, replaces stock. warehouse · {STOCK} → checkout · {STOCK}"));
    assert!(painted(&s).contains(&"Fits, replaces stock".to_owned()));
    drop(&mut s, to);
    let (from, to) = (Port::new("warehouse", STOCK), Port::new("checkout", STOCK));
    assert_eq!(last(&s), Intent::Connect { from, to });
}

/// Rule 11: on a port and on its wire, and what a wire between two versions says of them.
#[test]
fn a_port_tells_its_name_version_and_signatures_and_what_version_it_got() {
    let mut s = stage();
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    s.harness.state_mut().apply(vec![Intent::Connect { from, to }]);
    s.harness.run();
    assert!(painted(&s).contains(&"1.2.0 → 1.0.0".to_owned()), "on the wire: {:?}", painted(&s));
    let ports = [
        (IMPORT, FRAUD, "from fraud-go: 1.2.0 satisfies 1.0.0"),
        (EXPORT, "techbytes:payments/fraud-check@1.2.0", "to checkout: 1.2.0 satisfies 1.0.0"),
        ("checkout import techbytes:shop/stock@1.2.0, connected", STOCK, "from stock"),
    ];
    for (label, name, joined) in ports {
        s.harness.remove_cursor();
        s.harness.run();
        s.harness.hover_at(center(&s, label));
        for _ in 0..8 {
            s.harness.step();
        }
        for text in [name, "check: func(order: order) -> result<score, string>", joined] {
            assert!(s.harness.query_by_label(text).is_some(), "{label}: {text}");
        }
    }
}

/// Rule 12.
#[test]
fn a_wire_under_the_pointer_or_the_focus_stands_out_with_both_its_ports() {
    let name = format!("wire from stock {STOCK} to checkout {STOCK}");
    for by_pointer in [true, false] {
        let mut s = stage();
        let wire = s.harness.get_by_label(&name).rect().center();
        let ends = [format!("stock export {STOCK}, connected"), format!("checkout import {STOCK}, connected")];
        let ends = ends.map(|end| center(&s, &end));
        let other = center(&s, IMPORT);
        let before = [ends[0], ends[1], other].map(|at| mark_at(&s, at));
        let wires = |s: &Stage<'_, Bench>| {
            let mut widths = Vec::new();
            for clipped in &s.harness.output().shapes {
                each_shape(&clipped.shape, &mut |shape| {
                    if let egui::Shape::CubicBezier(curve) = shape {
                        widths.push(curve.stroke.width);
                    }
                });
            }
            widths.iter().copied().fold(0.0_f32, f32::max)
        };
        let width = wires(&s);
        if by_pointer {
            s.harness.hover_at(wire);
        } else {
            // Focus is drawn once a key was pressed.
            s.harness.get_by_label(&name).focus();
            s.harness.run();
            s.harness.key_press(Key::Home);
        }
        s.harness.run();
        assert_eq!(s.harness.state().canvas.status(), name);
        let after = [ends[0], ends[1], other].map(|at| mark_at(&s, at));
        assert!(after[0] > before[0] && after[1] > before[1], "{before:?} {after:?}");
        assert_eq!(after[2], before[2]);
        assert!(wires(&s) > width);
    }
}

/// Rule 13: a mark or a shape for each state besides the word, none of them by colour alone.
#[test]
fn the_state_of_a_port_is_readable_without_colour() {
    use PortState::{Exported, Host, Mismatched, Missing, Satisfied, Unused};
    let look = |state: PortState| {
        let mut one = node("one", "one", "", "", [80.0, 80.0]);
        one.imports = vec![port("a:b/c@1.0.0", Family::Record, PortShape::Interface, state)];
        let bench = Bench {
            nodes: vec![one],
            wires: Vec::new(),
            canvas: CanvasState::default(),
            log: Vec::new(),
            waits: false,
        };
        let mut s = Stage::new([400.0, 300.0], Theme::Dark, bench, ui);
        s.harness.run();
        let (at, mut hollow, mut lines) = (center(&s, &format!("one import a:b/c@1.0.0, {}", state.word())), None, 0);
        let ground = theme::tokens(&s.harness.ctx).raised;
        for clipped in &s.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| match shape {
                egui::Shape::Circle(c) if c.center.distance(at) < 1.0 => hollow = Some(c.fill == ground),
                egui::Shape::LineSegment { points, .. } if points[0].lerp(points[1], 0.5).distance(at) < 1.0 => {
                    lines += 1
                }
                _ => {}
            });
        }
        let marks = [icons::WARNING, icons::LINK_BREAK, icons::EXPORTED].map(|m| painted(&s).contains(&m.to_owned()));
        (hollow.unwrap(), lines, marks)
    };
    let looks = [Satisfied, Missing, Mismatched, Exported, Unused].map(look);
    for (i, one) in looks.iter().enumerate() {
        assert!(looks.iter().skip(i + 1).all(|other| one != other), "{looks:?}");
    }
    // What a host gives has a shape of its own.
    assert_eq!(look(Host), look(Satisfied));
    let shape = |shape| {
        Scene::new(
            vec![Node { imports: vec![port("a:b/c", Family::Host, shape, Host)], ..node("n", "", "", "", [0.0; 2]) }],
            Vec::new(),
        )
    };
    assert_ne!(shape(PortShape::Host).nodes()[0].imports[0].shape, PortShape::Interface);
}

/// Rule 17.
#[test]
fn a_wire_or_node_dragged_to_the_edge_pans_the_canvas() {
    let node = |s: &Stage<'_, Bench>| {
        s.harness.get_by_label("stock, instance of stock-rust").rect().left_top() + vec2(40.0, 16.0)
    };
    for of_wire in [true, false] {
        let mut s = stage();
        let from = if of_wire { center(&s, EXPORT) } else { node(&s) };
        let view = |s: &Stage<'_, Bench>| s.harness.state().canvas.view.unwrap();
        let before = view(&s);
        s.harness.drag_at(from);
        s.harness.step();
        for at in [from.lerp(pos2(620.0, 320.0), 0.5), pos2(620.0, 320.0)] {
            s.harness.hover_at(at);
            s.harness.step();
        }
        assert_eq!(view(&s), before, "in the middle it stays");
        s.harness.hover_at(pos2(1238.0, 320.0));
        for _ in 0..10 {
            s.harness.step();
        }
        let after = view(&s);
        assert!(after.offset.x < before.offset.x - 20.0 && after.offset.y == before.offset.y, "{before:?} {after:?}");
        s.harness.hover_at(pos2(620.0, 320.0));
        s.harness.step();
        let still = view(&s);
        s.harness.run();
        assert_eq!(view(&s), still, "away from the edge it stays again");
        if !of_wire {
            drop(&mut s, pos2(620.0, 320.0));
            let Intent::Move(places) = last(&s) else { panic!("{:?}", last(&s)) };
            // What was panned is part of the way.
            assert!(places.nodes[0].1[0] > 72.0 + (620.0 - from.x) / still.zoom + 15.0, "{places:?}");
        }
    }
}

/// A thousand nodes with ten ports each and five thousand wires.
fn crowd() -> Bench {
    let side = 32;
    let mut nodes = Vec::new();
    let mut wires = Vec::new();
    for i in 0..1000_usize {
        let at = [(i % side) as f32 * 340.0, (i / side) as f32 * 230.0];
        let mut n = node(&format!("instance-{i}"), "component", "Rust", "1 KiB", at);
        let family = theme::FAMILIES[i % 8];
        for k in 0..5 {
            let ports =
                |s: &str| port(&format!("a:b/{s}-{k}@1.0.0"), family, PortShape::Interface, PortState::Satisfied);
            n.imports.push(ports("in"));
            n.exports.push(ports("out"));
            let from = Port::new(format!("instance-{}", (i + 1000 - 1 - k * 3) % 1000), format!("a:b/out-{k}@1.0.0"));
            let to = Port::new(&n.id, format!("a:b/in-{k}@1.0.0"));
            wires.push(Wire { from, to, family, broken: false, selected: false, tap: None });
        }
        nodes.push(n);
    }
    Bench { nodes, wires, canvas: CanvasState::default(), log: Vec::new(), waits: false }
}

#[test]
fn a_crowd_can_be_shown() {
    let mut s = Stage::new([1600.0, 1000.0], Theme::Dark, crowd(), ui);
    s.harness.run();
    s.picture("canvas-crowd");
    assert!(s.harness.query_by_label("instance-999, instance of component").is_some());
}

#[test]
fn of_very_many_nodes_those_in_view_are_reached_and_tab_goes_on_beyond() {
    let mut many = bench();
    many.wires.clear();
    many.nodes = (0..1_500)
        .map(|i| node(&format!("n{i:04}"), "c", "", "", [(i % 50) as f32 * 320.0, (i / 50) as f32 * 200.0]))
        .collect();
    let mut s = Stage::new([1240.0, 640.0], Theme::Dark, many, ui);
    s.harness.run();
    s.harness.state_mut().canvas.view = Some(View::default());
    s.harness.run();
    assert!(s.harness.query_by_label("n0003, instance of c").is_some());
    assert!(s.harness.query_by_label("n0700, instance of c").is_none());
    assert!(s.harness.query_by_label_contains("the list reaches every one").is_some());
    s.harness.get_by_label("n0000, instance of c").focus();
    for n in 1..9 {
        s.harness.key_press(Key::Tab);
        s.harness.run();
        assert!(s.harness.get_by_label(&format!("n{n:04}, instance of c")).is_focused(), "{n}");
    }
    s.harness.state_mut().canvas.ask(Ask::Fit);
    s.harness.run();
    let registered = (0..1_500).filter(|n| s.harness.query_by_label(&format!("n{n:04}, instance of c")).is_some());
    assert_eq!(registered.count(), MOST_REACHABLE);
}
