//! What a frame of the canvas costs: `cargo bench --bench canvas`. Layout, painting, the accessibility tree and the
//! triangles for the graphics card, in processor time of the one thread, while the view pans and the pointer hovers. The
//! whole workspace is measured, with a session behind it. `benches/canvas-peer` draws the same graph with egui-snarl.
// A benchmark prints, and stops at what cannot be measured.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../shared/frame.rs"]
mod frame;
mod graph;
#[path = "../shared/time.rs"]
mod time;
#[path = "../shared/wheel.rs"]
mod wheel;

use egui::{Context, Event, pos2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wirebench::call::{JobId, TapCount, TapCounts};
use wirebench::component::Digest;
use wirebench::compose::{Instance, Port, Tap};
use wirebench::measure::{Nanos, stats::quantile};
use wirebench::project::{self, ComponentSource, Document, Theme};
use wirebench::session::{Command, Memory, RunTaps, Session, TappedWire};
use wirebench::ui::canvas::Ask;
use wirebench::ui::panels::{Outbox, graph as workspace};
use wirebench::ui::theme;

/// Measured frames; a hundredth of them may be slower than what is called p99.
const FRAMES: usize = 400;
const WARM_UP: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measures = arguments.iter().any(|a| a == "--bench");
    let filter = arguments.iter().find(|a| !a.starts_with('-')).cloned().unwrap_or_default();
    println!("{:38} {:>9} {:>9} {:>9} {:>9}", "frame, 1600 × 1000", "median", "p99", "worst", "budget");
    // A few hundred, all seen, are still drawn with their names.
    let kinds = [
        (100, false, 4, 3),
        (100, true, 4, 3),
        (300, false, 4, 3),
        (1_000, false, 4, 3),
        (1_000, true, 4, 3),
        (10_000, false, 16, 4),
    ];
    for (nodes, is_tapped, all_seen, life_size) in kinds {
        for (view, is_life_size, budget) in [("all seen", false, all_seen), ("life size", true, life_size)] {
            let taps = if is_tapped { "all wires tapped, " } else { "" };
            let name = format!("{nodes} nodes, {taps}{view}");
            if !name.contains(&filter) || !measures && nodes > 100 {
                continue;
            }
            let mut stage = Stage::new(nodes, is_tapped, is_life_size);
            let frames = if measures { FRAMES } else { 1 };
            let numbers: Vec<f64> = (0..frames + WARM_UP).map(|_| stage.frame()).skip(WARM_UP).collect();
            let text = |part: f64| quantile(&numbers, part).map(|n| Nanos(n as u64).to_string()).unwrap_or_default();
            println!("{name:38} {:>9} {:>9} {:>9} {budget:>6} ms", text(0.5), text(0.99), text(1.0));
        }
    }
}

/// A component that has `PORTS` interfaces of a function, as imports and as exports.
fn component() -> Vec<u8> {
    let mut text = String::from("(component\n");
    for port in 0..graph::PORTS {
        text.push_str(&format!(
            "(import \"bench:ports/api{port}@1.0.0\" (instance $i{port} (export \"call\" (func (param \"a\" u32) (result u32)))))\n\
             (export \"bench:ports/api{port}@1.0.0\" (instance $i{port}))\n"
        ));
    }
    text.push(')');
    wat::parse_str(text).expect("the text is a component")
}

fn session(nodes: usize, is_tapped: bool) -> Session {
    let memory = Memory::default();
    let bytes = component();
    let (digest, path) = (Digest::of(&bytes), PathBuf::from("/bench/passes-on.wasm"));
    let mut document = Document::default();
    let name = "passes-on.wasm".to_owned();
    let source = ComponentSource { name, path: Some(path.display().to_string()), ..ComponentSource::default() };
    document.components.insert(digest, source);
    memory.put(path, bytes);
    let name = |node: usize| format!("component-{node}");
    let port = |(node, port): (usize, usize)| Port::new(name(node), format!("bench:ports/api{port}@1.0.0"));
    for node in 0..nodes {
        document.composition.instances.insert(name(node), Instance { component: digest });
        document.layout.insert(name(node), graph::place(node, nodes));
    }
    document.composition.wires.extend(graph::wires(nodes).map(|w| (port(w.to), port(w.from))));
    if is_tapped {
        document.composition.taps.extend(document.composition.wires.keys().cloned());
    }
    memory.put("/bench/grid.wirebench.json", project::save(&document, Path::new("/bench")));
    let mut session = Session::new(Arc::new(memory), None);
    session.apply(Command::Open(vec!["/bench/grid.wirebench.json".into()]));
    session.poll();
    let opened = &session.document().composition;
    assert_eq!(opened.instances.len(), nodes, "instances");
    assert_eq!(opened.wires.len(), document.composition.wires.len(), "wires");
    assert_eq!(opened.taps.len(), document.composition.taps.len(), "taps");
    session
}

/// What the taps of all tapped wires of a call saw. No engine takes that many instances, so no call is made for it.
fn taps(session: &Session) -> RunTaps {
    let composition = &session.document().composition;
    let wires = composition.taps.iter().map(|to| {
        let (from, to) = (composition.wires[to].clone(), to.clone());
        let consumer = Arc::clone(composition.component(session.library(), &to.instance).expect("it is open"));
        TappedWire { tap: Tap { from, to, host: String::new(), functions: vec!["call".to_owned()] }, consumer }
    });
    let counts = vec![TapCount::default(); composition.taps.len()];
    RunTaps { wires: wires.collect(), counts: TapCounts { counts, ..TapCounts::default() }, ..RunTaps::default() }
}

/// The workspace in a window without a window, the view and the pointer always moving.
struct Stage {
    ctx: Context,
    session: Session,
    state: workspace::State,
    taps: RunTaps,
    frames: u32,
}

impl Stage {
    /// With everything seen, or at life size in the middle.
    fn new(nodes: usize, is_tapped: bool, is_life_size: bool) -> Self {
        let ctx = Context::default();
        theme::apply(&ctx, Theme::Dark);
        ctx.enable_accesskit();
        let session = session(nodes, is_tapped);
        let taps = taps(&session);
        let mut stage = Self { ctx, session, state: workspace::State::default(), taps, frames: 0 };
        stage.frame();
        if is_life_size {
            stage.state.ask(Ask::Actual);
        }
        stage.frame();
        stage
    }

    /// The processor time of one frame, in nanoseconds.
    fn frame(&mut self) -> f64 {
        self.frames += 1;
        let turn = f64::from(self.frames) / 60.0;
        let pointer = pos2(800.0 + 300.0 * (turn * 7.0).sin() as f32, 500.0 + 200.0 * (turn * 5.0).cos() as f32);
        let wheel = wheel::turned(vec2(if self.frames % 80 < 40 { 6.0 } else { -6.0 }, 0.0));
        // Every wire was crossed some more since the last frame.
        self.taps.counts.at_nanos = u64::from(self.frames) * 16_666_667;
        let calls = self.taps.counts.counts.iter_mut().enumerate();
        calls.for_each(|(n, count)| count.calls += 1 + n as u64 % 7);
        let begun = time::processor_nanos();
        if !self.taps.wires.is_empty() {
            self.state.count_taps(JobId(1), &self.taps);
        }
        let mut outbox = Outbox::default();
        frame::draw(&self.ctx, turn, vec![Event::PointerMoved(pointer), wheel], |ui| {
            workspace::show(ui, &self.session, &mut self.state, &mut outbox);
        });
        time::processor_nanos() - begun
    }
}
