//! One frame of the workspace: layout and painting, the accessibility tree, and the triangles for the graphics card.

use crate::frame;
use crate::pairs::Bench;
use egui::{Context, Event, pos2};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wirebench::component::Digest;
use wirebench::compose::{Instance, Port};
use wirebench::project::{self, ComponentSource, Document, Theme};
use wirebench::session::{Command, Memory, Session};
use wirebench::ui::canvas::Ask;
use wirebench::ui::panels::{Outbox, graph};
use wirebench::ui::theme;

/// Most nodes have one or two ports, every third as many as a program that reads files has.
const FILES: [&str; 3] = ["fraud-check-rust.wasm", "checkout-rust.wasm", "ledger-rust.wasm"];
const CHECK: &str = "techbytes:payments/fraud-check";

/// A session with so many instances on a grid, every checkout wired to the fraud check before it.
fn session(nodes: usize) -> Session {
    let memory = Memory::default();
    let mut document = Document::default();
    let digests = FILES.map(|file| {
        let bytes = crate::sample(file);
        let (digest, path) = (Digest::of(&bytes), PathBuf::from("/samples").join(file));
        let source = ComponentSource {
            name: file.to_owned(),
            path: Some(path.display().to_string()),
            ..ComponentSource::default()
        };
        document.components.insert(digest, source);
        memory.put(path, bytes.to_vec());
        digest
    });
    let columns = (nodes as f64).sqrt().ceil() as usize;
    for i in 0..nodes {
        let name = format!("component-{i}");
        document.composition.instances.insert(name.clone(), Instance { component: digests[i % FILES.len()] });
        let at = [(i % columns) as f32 * 320.0, (i / columns) as f32 * 260.0];
        document.layout.insert(name.clone(), at);
        if i % FILES.len() == 1 {
            let provider = Port::new(format!("component-{}", i - 1), CHECK);
            document.composition.wires.insert(Port::new(name, CHECK), provider);
        }
    }
    memory.put("/samples/grid.wirebench.json", project::save(&document, Path::new("/samples")));
    let mut session = Session::new(Arc::new(memory), None);
    session.apply(Command::Open(vec!["/samples/grid.wirebench.json".into()]));
    session.poll();
    assert_eq!(session.document().composition.instances.len(), nodes);
    session
}

/// The workspace in a window without a window, the pointer always moving.
struct Stage {
    ctx: Context,
    session: Session,
    state: graph::State,
    time: f64,
}

impl Stage {
    /// With everything seen, or at life size.
    fn new(nodes: usize, life_size: bool) -> Self {
        let ctx = Context::default();
        theme::apply(&ctx, Theme::Dark);
        ctx.enable_accesskit();
        let mut stage = Self { ctx, session: session(nodes), state: graph::State::default(), time: 0.0 };
        stage.frame();
        if life_size {
            stage.state.ask(Ask::Actual);
        }
        stage.frame();
        stage
    }

    fn frame(&mut self) {
        self.time += 1.0 / 60.0;
        let around = 200.0 * (self.time * 7.0).sin() as f32;
        let pointer = Event::PointerMoved(pos2(800.0 + around, 500.0));
        let mut outbox = Outbox::default();
        frame::draw(&self.ctx, self.time, vec![pointer], |ui| {
            graph::show(ui, &self.session, &mut self.state, &mut outbox);
        });
    }
}

pub fn run(bench: &mut Bench) {
    bench.group("A frame of the workspace, 1600 × 1000, beside one with 10 nodes at life size", ["nodes", "10 nodes"]);
    let mut few = Stage::new(10, true);
    for nodes in [10, 100, 1_000] {
        for (view, life_size) in [("life size", true), ("all seen", false)] {
            let name = format!("frame of {nodes} nodes, {view}");
            if bench.wants(&name) {
                let mut many = Stage::new(nodes, life_size);
                bench.compare(&name, &mut || many.frame(), &mut || few.frame());
            }
        }
    }
}
