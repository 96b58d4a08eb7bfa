//! What a frame of the Inspect workspace costs: `cargo bench --bench inspect`. Layout, painting, the accessibility tree and
//! the triangles for the graphics card, in processor time of the one thread, while the view scrolls and the pointer hovers.
//! Each view is measured on a small component and on a very large one: what a frame costs may not grow with the file.
// A benchmark prints, and stops at what cannot be measured.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../shared/frame.rs"]
mod frame;
#[path = "../shared/large.rs"]
mod large;
#[path = "../shared/time.rs"]
mod time;
#[path = "../shared/wheel.rs"]
mod wheel;

use egui::{Context, Event, Pos2, pos2, vec2};
use std::sync::Arc;
use wirebench::component::{Component, ExternAt, Functions, List, Named, size_map};
use wirebench::measure::{Nanos, stats::quantile};
use wirebench::project::Theme;
use wirebench::session::{Command, Memory, Selection, Session};
use wirebench::ui::inspect::{self, At, Place, View};
use wirebench::ui::panels::Outbox;
use wirebench::ui::theme;

/// Measured frames; a hundredth of them may be slower than what is called p99.
const FRAMES: usize = 400;
const WARM_UP: usize = 20;
/// What a frame may take, so that it is ready in time with room for the rest of the window.
const BUDGET: &str = "4 ms";
/// A file of so many bytes of code.
const LARGE: usize = 20 << 20;
/// Types and functions of a large interface, and how many interfaces there are.
const TYPES: usize = 4_000;
const INTERFACES: usize = 400;

/// What is looked at, where the pointer is, and how far each turn of the wheel goes.
struct Look {
    name: &'static str,
    view: View,
    at: fn(&Component) -> At,
    pointer: Pos2,
    wheel: f32,
}

/// The lists are on the left, what they list is on the right.
const LEFT: Pos2 = pos2(150.0, 500.0);
const RIGHT: Pos2 = pos2(1_000.0, 450.0);

const OF_CODE: [Look; 6] = [
    Look { name: "code, text", view: View::Code, at: |_| At::Here, pointer: RIGHT, wheel: 700.0 },
    Look { name: "code, functions", view: View::Code, at: |_| At::Here, pointer: LEFT, wheel: 200.0 },
    Look { name: "code, bytes", view: View::Code, at: |c| At::Hex(0..c.bytes.len()), pointer: RIGHT, wheel: 700.0 },
    Look { name: "parts, map", view: View::Parts, at: |_| At::Here, pointer: RIGHT, wheel: 0.0 },
    Look { name: "parts, map of one function", view: View::Parts, at: a_function, pointer: RIGHT, wheel: 0.0 },
    Look { name: "parts, tree", view: View::Parts, at: a_function, pointer: LEFT, wheel: 200.0 },
];

const OF_TYPES: [Look; 3] = [
    Look { name: "types, cards", view: View::Types, at: an_interface, pointer: RIGHT, wheel: 200.0 },
    Look { name: "types, names", view: View::Types, at: an_interface, pointer: LEFT, wheel: 200.0 },
    Look { name: "types, a type used everywhere", view: View::Types, at: a_type, pointer: RIGHT, wheel: 200.0 },
];

/// One in the middle of the file, so that the tree is unfolded down to it.
fn a_function(component: &Component) -> At {
    let functions = Functions::of(&size_map(component));
    let middle = functions.all.get(functions.all.len() / 2).expect("there is code");
    At::Bytes(middle.range.clone())
}

fn an_interface(_: &Component) -> At {
    At::Named(Named::Interface(ExternAt { list: List::Imports, index: 0 }))
}

fn a_type(component: &Component) -> At {
    let used = component.types.defs.iter().position(|def| def.name.as_deref() == Some("t0")).expect("it is there");
    At::Type(wirebench::component::TypeId(used as u32))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measures = arguments.iter().any(|a| a == "--bench");
    let filter = arguments.iter().find(|a| !a.starts_with('-')).cloned().unwrap_or_default();
    println!("{:44} {:>9} {:>9} {:>9} {:>9}", "frame, 1600 × 1000", "median", "p99", "worst", "budget");
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components/toolbox-rust.wasm");
    let small = || std::fs::read(&sample).expect("the sample can be read");
    let large_code = || if measures { large::large(LARGE, 0) } else { small() };
    let large_types = || if measures { types(INTERFACES, TYPES) } else { types(2, 20) };
    for look in OF_CODE {
        measure(&look, "a small file", &filter, measures, &small);
        measure(&look, "20 MB", &filter, measures, &large_code);
    }
    for look in OF_TYPES {
        measure(&look, "a few types", &filter, measures, &|| types(4, 10));
        measure(&look, "thousands of types", &filter, measures, &large_types);
    }
}

fn measure(look: &Look, of: &str, filter: &str, measures: bool, file: &dyn Fn() -> Vec<u8>) {
    let name = format!("{}, {of}", look.name);
    if !name.contains(filter) {
        return;
    }
    let mut stage = Stage::new(look, file());
    let frames = if measures { FRAMES } else { 1 };
    let numbers: Vec<f64> = (0..frames + WARM_UP).map(|_| stage.frame()).skip(WARM_UP).collect();
    let text = |part: f64| quantile(&numbers, part).map(|n| Nanos(n as u64).to_string()).unwrap_or_default();
    println!("{name:44} {:>9} {:>9} {:>9} {BUDGET:>9}", text(0.5), text(0.99), text(1.0));
}

/// A component that imports so many interfaces. The first has so many types, all of which use one, and as many functions.
fn types(interfaces: usize, types: usize) -> Vec<u8> {
    let mut text =
        String::from("package bench:types@1.0.0;\ninterface i0 {\n  /// All others use it.\n  record t0 { a: u32 }\n");
    for i in 1..types {
        text.push_str(&format!(
            "  /// What the documentation says of number {i}, in a line or two of the screen.\n\
             record t{i} {{ first: t0, second: option<list<t{}>>, third: result<string, u32> }}\n\
             call{i}: func(a: t{i}, b: list<t0>) -> result<t0, string>;\n",
            (i - 1) % 8
        ));
    }
    text.push_str("}\n");
    for i in 1..interfaces {
        text.push_str(&format!("interface i{i} {{ use i0.{{t0}}; call: func(a: t0); }}\n"));
    }
    text.push_str("world w {\n");
    (0..interfaces).for_each(|i| text.push_str(&format!("  import i{i};\n")));
    text.push('}');
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("bench.wit", &text).expect("the text is WIT");
    let world = resolve.select_world(&[package], None).expect("there is one world");
    let mut module = wit_component::dummy_module(&resolve, world, wit_parser::ManglingAndAbi::Standard32);
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8)
        .expect("the metadata fits");
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder.module(&module).expect("the module fits").encode().expect("the component is written")
}

/// The workspace in a window without a window.
struct Stage {
    ctx: Context,
    session: Session,
    state: inspect::State,
    pointer: Pos2,
    wheel: f32,
    frames: u32,
}

impl Stage {
    fn new(look: &Look, file: Vec<u8>) -> Self {
        let ctx = Context::default();
        theme::apply(&ctx, Theme::Dark);
        ctx.enable_accesskit();
        let mut session = Session::new(Arc::new(Memory::default()), None);
        session.apply(Command::OpenBytes("bench.wasm".to_owned(), file.into()));
        session.poll();
        let Selection::Component(component) = *session.selection() else { panic!("the file is not open") };
        let opened = session.component(&component).expect("it is open");
        assert!(opened.fault().is_none(), "{:?}", opened.fault());
        let mut state = inspect::State::default();
        state.go(Place { component, view: look.view, at: (look.at)(opened) });
        Self { ctx, session, state, pointer: look.pointer, wheel: look.wheel, frames: 0 }
    }

    /// The processor time of one frame, in nanoseconds. What it asks the session for is not part of it: a worker does that.
    fn frame(&mut self) -> f64 {
        self.frames += 1;
        let turn = f64::from(self.frames) / 60.0;
        let around = vec2(110.0 * (turn * 7.0).sin() as f32, 200.0 * (turn * 5.0).cos() as f32);
        let wheel = wheel::turned(vec2(0.0, if self.frames % 400 < 300 { -self.wheel } else { self.wheel }));
        let begun = time::processor_nanos();
        let mut outbox = Outbox::default();
        frame::draw(&self.ctx, turn, vec![Event::PointerMoved(self.pointer + around), wheel], |ui| {
            inspect::show(ui, &self.session, &mut self.state, &mut outbox);
        });
        let taken = time::processor_nanos() - begun;
        outbox.commands.into_iter().for_each(|command| self.session.apply(command));
        self.session.poll();
        taken
    }
}
