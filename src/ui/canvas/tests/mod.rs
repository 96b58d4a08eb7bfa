//! The canvas as a person uses it: by pointer, by keyboard, by name; and its pictures.

mod keyboard;
mod look;
mod nodes;
mod taps;
mod view;
mod wiring;

use super::*;
use crate::call::Crossed;
use crate::component::Family;
use crate::compose::Fit;
use crate::project::{Layout, Theme};
use crate::ui::look::{Stage, both};
use crate::ui::theme;
use egui::{CentralPanel, Frame, Key, Modifiers, pos2};
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
        result: None,
        trouble: None,
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
        tap: (from == "checkout").then_some(Some(Crossed { calls: 1_204, at_nanos: 3_883_870_968 })),
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
        let other = side.other();
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
