//! Random edits of a document against what must always hold. The seed is fixed: a failure comes again.

use super::{Change, Command, FrameEdit, Memory, Session};
use crate::component::Digest;
use crate::compose::tests::Dice;
use crate::compose::{Answer, Behavior, Condition, Edit, Port, Rule, Side};
use crate::grant::Capability;
use crate::project::{self, CallKey, Clip, Document, Frame, Layout, Target};
use std::path::Path;
use std::sync::Arc;

impl Dice {
    fn at(&mut self) -> [f32; 2] {
        [0, 1].map(|_| (self.roll(4000) as f32 - 2000.0) / 3.0)
    }
}

/// Something that a person could ask for; it may be refused.
fn change(dice: &mut Dice, session: &Session) -> Option<Change> {
    let document = session.document();
    let composition = &document.composition;
    let digests: Vec<Digest> = session.library().keys().copied().collect();
    let instances: Vec<String> = composition.instances.keys().cloned().collect();
    let some = |dice: &mut Dice| -> Vec<String> {
        let count = 1 + dice.roll(3);
        let mut names: Vec<_> = (0..count).filter_map(|_| dice.pick(&instances)).collect();
        names.sort();
        names.dedup();
        names
    };
    let port = |dice: &mut Dice, is_import: bool| -> Option<Port> {
        let name = dice.pick(&instances)?;
        let component = composition.component(session.library(), &name)?;
        let side = if is_import { &component.imports } else { &component.exports };
        let names: Vec<_> = side.iter().map(|e| e.name.clone()).collect();
        Some(Port::new(name, dice.pick(&names)?))
    };
    let places = |dice: &mut Dice| some(dice).into_iter().map(|n| (n, dice.at())).collect::<Vec<_>>();
    let component = dice.pick(&digests)?;
    let name = ["a", "b-2", "ünïcode · name", "", "b", "x".repeat(101).as_str()].map(str::to_owned);
    let frames: Vec<String> = document.frames.keys().cloned().collect();
    let wires: Vec<Port> = composition.wires.keys().cloned().collect();
    Some(match dice.roll(27) {
        0 | 1 => Change::Place { component, at: dice.at(), connect: None },
        2 => Change::Place {
            component,
            at: dice.at(),
            connect: port(dice, true).map(|p| (p.name.clone(), p, Side::Export)),
        },
        3 => Change::Move(places(dice)),
        4 | 5 => {
            let mut layout = Layout { nodes: places(dice), frames: Vec::new() };
            for _ in 0..dice.roll(3) {
                let title = dice.pick(&frames)?;
                let mut frame = document.frames.get(&title)?.clone();
                match dice.roll(4) {
                    0 => frame.folded = !frame.folded,
                    1 => frame.size = [dice.roll(3) as f32 * 90.0, 70.0],
                    2 => frame.at = dice.at(),
                    _ => frame.members = some(dice).into_iter().chain(["nobody".to_owned()]).collect(),
                }
                layout.frames.push((title, frame));
            }
            Change::Layout("Arrange".into(), layout)
        }
        6 => Change::Duplicate(some(dice)),
        7 => Change::Paste(Clip::of(document, &some(dice))),
        8 => Change::Cut(some(dice)),
        9 => Change::Compose(Edit::AddInstance { name: dice.pick(&name)?, component }),
        10 => Change::Compose(Edit::RemoveInstances(some(dice))),
        11 => Change::Compose(Edit::Rename { from: dice.pick(&instances)?, to: dice.pick(&name)? }),
        12..=14 => Change::Compose(Edit::Connect { from: port(dice, false)?, to: port(dice, true)? }),
        15 => Change::Compose(Edit::Disconnect(port(dice, true)?)),
        16 => {
            let from = port(dice, false)?;
            let name = dice.pick(&[from.name.clone(), "total".into(), "Not a name".into()])?;
            Change::Compose(Edit::Export { from, name })
        }
        17 => {
            let names: Vec<_> = composition.exports.keys().cloned().collect();
            Change::Compose(Edit::Unexport(dice.pick(&names)?))
        }
        19 | 20 => {
            let size = [dice.roll(3) as f32 * 100.0, 80.0];
            let frame = Frame { folded: dice.roll(3) == 0, ..Frame::new(dice.at(), size) };
            Change::Frame(FrameEdit::Add(dice.pick(&name)?, frame.with(some(dice))))
        }
        21 => Change::Frame(FrameEdit::Rename { from: dice.pick(&frames)?, to: dice.pick(&name)? }),
        22 => Change::Frame(match dice.roll(8) {
            0 => FrameEdit::Remove(dice.pick(&frames)?),
            1 => FrameEdit::RemoveWhole(dice.pick(&frames)?, 2),
            2..=5 => FrameEdit::Join(dice.pick(&frames)?, some(dice)),
            _ => FrameEdit::Leave(some(dice)),
        }),
        23 | 24 => Change::Compose(Edit::Tap { to: dice.pick(&wires)?, on: dice.roll(4) > 0 }),
        25 => {
            // A wire whose end is picked up and dropped elsewhere.
            let was = dice.pick(&wires)?;
            let from = composition.wires.get(&was)?.clone();
            Change::ComposeAll("Move wire", vec![Edit::Disconnect(was), Edit::Connect { from, to: port(dice, true)? }])
        }
        18 => Change::Compose(Edit::Replace { instance: dice.pick(&instances)?, component }),
        _ => {
            let target = dice.pick(&[Target::Composition, Target::Component(component)])?;
            let mut grants = session.grants(&target);
            grants.set(Capability::Clocks, dice.roll(2) == 0);
            let key = CallKey { target, interface: None, function: format!("f{}", dice.roll(3)) };
            match dice.roll(2) {
                0 => Change::Grant(target, grants),
                _ => Change::SaveArguments(key, vec![dice.roll(9).to_string()]),
            }
        }
    })
}

/// Something of stubs that a person could ask for; it may be refused.
fn of_stubs(dice: &mut Dice, session: &Session) -> Option<Command> {
    let instances: Vec<String> = session.document().composition.instances.keys().cloned().collect();
    let stubs: Vec<String> = instances.iter().filter(|name| session.stub_of(name).is_some()).cloned().collect();
    let open: Vec<Port> = instances.iter().flat_map(|name| session.open_imports(name)).collect();
    Some(match dice.roll(8) {
        0 | 1 => Command::AddStub { port: dice.pick(&open)?, at: dice.at() },
        2 => Command::StubAll(vec![dice.pick(&instances)?]),
        3 | 4 => {
            let instance = dice.pick(&stubs)?;
            let rules = (0..dice.roll(4)).map(|_| Rule {
                when: ["\"ann\"", "\"bob\"", "9"]
                    .iter()
                    .zip(["user-id", "user-id", "amount-cents"])
                    .skip(dice.roll(4))
                    .take(dice.roll(2) + 1)
                    .map(|(equals, parameter)| Condition { parameter: parameter.into(), equals: (*equals).into() })
                    .collect(),
                answer: dice.pick(&[Answer::Trap, Answer::Fixed(Some(DECISION.to_owned()))]).unwrap_or(Answer::Trap),
            });
            let behavior = Behavior {
                rules: rules.collect(),
                otherwise: Answer::Fixed(Some(DECISION.to_owned())),
                recorded: false,
            };
            Command::EditStub { instance, functions: [("check".to_owned(), behavior)].into() }
        }
        5 | 6 => {
            let change = Change::EmbedStub { instance: dice.pick(&instances)?, embedded: dice.roll(2) == 0 };
            Command::Change(change)
        }
        _ => {
            let component = session.document().composition.instances.get(&dice.pick(&stubs)?)?.component;
            let imports: Vec<Port> = session.document().composition.wires.keys().cloned().collect();
            Command::Change(Change::ReplaceByStub { component, port: dice.pick(&imports)? })
        }
    })
}

const DECISION: &str = "{allowed: true, score: 1, reason: \"\"}";

fn assert_sound(document: &Document) {
    assert_eq!(document.validate(), []);
    let faults = document.composition.validate();
    assert!(faults.is_empty(), "{faults:?}");
}

/// Without what no project file keeps: the grants.
fn kept(document: &Document) -> Document {
    Document { grants: Default::default(), ..document.clone() }
}

#[test]
fn whatever_is_edited_stays_sound_and_comes_back_exactly() {
    for seed in [1, 0x9E37_79B9_7F4A_7C15, 0xDEAD_BEEF_CAFE] {
        let mut dice = Dice(seed);
        let mut session = Session::new(Arc::new(Memory::default()), None);
        session.apply(Command::OpenSampleProject);
        for sample in ["fraud-check-wat.wasm", "adder-wat.wasm", "ledger-rust.wasm"] {
            session.apply(Command::OpenSample(sample.into()));
        }
        session.poll();
        let first = session.document().clone();
        // The documents as they should come back, one for each step that can be undone.
        let (mut past, mut future): (Vec<Document>, Vec<Document>) = (Vec::new(), Vec::new());
        let mut made = 0;
        for _ in 0..480 {
            let before = session.document().clone();
            match dice.roll(8) {
                0 if !past.is_empty() => {
                    session.apply(Command::Undo);
                    future.push(before);
                    assert_eq!(Some(session.document()), past.pop().as_ref(), "undo");
                }
                1 if !future.is_empty() => {
                    session.apply(Command::Redo);
                    past.push(before);
                    assert_eq!(Some(session.document()), future.pop().as_ref(), "redo");
                }
                _ => {
                    let command = match dice.roll(3) {
                        0 => of_stubs(&mut dice, &session),
                        _ => change(&mut dice, &session).map(Command::Change),
                    };
                    let Some(command) = command else { continue };
                    session.end_gesture();
                    let is_made_elsewhere = !matches!(command, Command::Change(_));
                    session.apply(command);
                    if is_made_elsewhere {
                        session.poll();
                    }
                    if *session.document() != before {
                        made += 1;
                        past.push(before);
                        future.clear();
                    }
                }
            }
            assert_sound(session.document());
            assert_eq!(session.undo_label().is_some(), !past.is_empty());
            assert_eq!(session.redo_label().is_some(), !future.is_empty());
            if dice.roll(10) == 0 {
                let bytes = project::save(session.document(), Path::new("/"));
                let loaded = project::load(&bytes, Path::new("/")).unwrap();
                assert_eq!(kept(&loaded.document), kept(session.document()));
                assert_eq!(project::save(&loaded.document, Path::new("/")), bytes, "the same work, the same bytes");
            }
        }
        assert!(made > 150, "only {made} changes were made");
        let stubs = session.library().keys().filter(|d| session.opened(d).is_some_and(|o| o.stub.is_some())).count();
        assert!(stubs >= 4, "only {stubs} stubs were made and edited");
        while session.redo_label().is_some() {
            session.apply(Command::Redo);
        }
        let last = session.document().clone();
        let mut steps = 0;
        while session.undo_label().is_some() {
            session.apply(Command::Undo);
            assert_sound(session.document());
            steps += 1;
        }
        assert_eq!(session.document(), &first, "all taken back");
        for _ in 0..steps {
            session.apply(Command::Redo);
        }
        assert_eq!(session.document(), &last, "all made again");
    }
}
