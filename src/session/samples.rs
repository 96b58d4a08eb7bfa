//! The built-in samples: real components, shown on the first run and opened with one click.

use super::files::{Arrived, Read, decode_timed};
use super::{Change, Session};
use crate::component::{Component, Digest, decode};
use crate::diag::Severity;
use std::sync::{Arc, OnceLock};

/// A component that comes with the program.
pub struct Sample {
    /// Its file name.
    pub file: &'static str,
    /// What it shows, in a few words.
    pub about: &'static str,
    /// The language it was written in.
    pub language: &'static str,
    /// The component.
    pub bytes: &'static [u8],
}

macro_rules! samples {
    ($(($file:literal, $language:literal, $about:literal)),* $(,)?) => {
        &[$(Sample {
            file: $file,
            about: $about,
            language: $language,
            bytes: include_bytes!(concat!("../../samples/components/", $file)),
        }),*]
    };
}

/// All samples, in the order of the gallery.
pub static SAMPLES: &[Sample] = samples![
    ("checkout-rust.wasm", "Rust", "Takes orders; needs a fraud check"),
    ("fraud-check-rust.wasm", "Rust", "A fraud check"),
    ("fraud-check-js.wasm", "JavaScript", "The same fraud check, with QuickJS inside"),
    ("fraud-check-c.wasm", "C", "The same fraud check"),
    ("fraud-check-cpp.wasm", "C++", "The same fraud check"),
    ("fraud-check-zig.wasm", "Zig", "The same fraud check"),
    ("fraud-check-go.wasm", "Go", "The same fraud check, with Go's runtime inside"),
    ("fraud-check-assemblyscript.wasm", "AssemblyScript", "The same fraud check, with UTF-16 strings"),
    ("fraud-check-wat.wasm", "WAT", "The same fraud check, by hand"),
    ("toolbox-rust.wasm", "Rust", "Every type of value there is, and a resource"),
    ("ledger-rust.wasm", "Rust", "Files, clock and output: something to grant"),
    ("adder-wat.wasm", "WAT", "The smallest: adds two numbers"),
    ("stock-rust.wasm", "Rust", "An async function and a stream"),
    ("greeter-http-rust.wasm", "Rust", "An HTTP handler"),
    ("wordcount-rust.wasm", "Rust", "A command: arguments, input and files"),
    ("loop-wat.wasm", "WAT", "Never returns: something to cancel"),
    ("trap-wat.wasm", "WAT", "Traps three calls deep"),
    ("hog-wat.wasm", "WAT", "Takes memory until it is refused"),
    ("packer-rust.wasm", "Rust", "Packs parcels: five imports to wire"),
    ("labels-rust.wasm", "Rust", "Writes labels for bags of the toolbox"),
    ("ribbon-rust.wasm", "Rust", "Ties a ribbon around another's label"),
];

/// The sample with this file name.
pub fn sample(file: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|s| s.file == file)
}

/// All samples with what they are, in the order of the gallery. The first time it takes long: they are decoded then.
pub(super) fn decoded() -> &'static [(&'static Sample, Arc<Component>)] {
    static ALL: OnceLock<Vec<(&'static Sample, Arc<Component>)>> = OnceLock::new();
    ALL.get_or_init(|| SAMPLES.iter().map(|s| (s, Arc::new(decode(s.file, s.bytes.into())))).collect())
}

impl Sample {
    /// Its name without the ending: what it is called once it is open.
    pub fn name(&self) -> &'static str {
        self.file.trim_end_matches(".wasm")
    }
}

/// The change to make of the document once a sample is open.
pub(super) type Then = Box<dyn FnOnce(Digest) -> Change + Send>;

impl Session {
    /// Opens a sample in the background, and makes a change with it: one step.
    pub(super) fn with_sample(&mut self, file: &str, then: impl FnOnce(Digest) -> Change + Send + 'static) {
        let Some(sample) = sample(file) else {
            return self.say(Severity::Error, format!("There is no sample “{file}”"));
        };
        let job = self.start_job(format!("Opening {file}"));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let mut read = decode_timed(sample.file, sample.bytes.into(), &*env);
                read.opened.is_sample = true;
                read.opened.language = Some(sample.language.into());
                read.select = false;
                let _ = arrive.send(Arrived::Sample { job, then: Box::new(then), read });
                env.wake();
            }),
        );
    }

    pub(super) fn sample_arrived(&mut self, then: Then, read: Read) {
        let component = read.component.digest;
        self.adopt(read);
        self.library_changed(&component);
        self.change(then(component));
    }
}

/// The sample project: file name of the component and where its node stands. Nothing is wired yet.
pub const PROJECT: &[(&str, [f32; 2])] = &[
    ("fraud-check-rust.wasm", [80.0, 60.0]),
    ("fraud-check-js.wasm", [80.0, 200.0]),
    ("fraud-check-c.wasm", [80.0, 340.0]),
    ("checkout-rust.wasm", [520.0, 200.0]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Port, Side};
    use crate::session::{Command, Memory};

    const CHECK: &str = "techbytes:payments/fraud-check";

    #[test]
    fn a_sample_is_opened_placed_and_connected_in_one_step() {
        let mut session = Session::new(Arc::new(Memory::default()), None);
        session.apply(Command::OpenSample("checkout-rust.wasm".into()));
        session.poll();
        let component = session.library().values().next().unwrap().digest;
        session.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
        let before = session.document().clone();
        let place = |session: &mut Session, import: &str| {
            let connect = Some((CHECK.to_owned(), Port::new("checkout-rust", import), Side::Import));
            session.apply(Command::PlaceSample { file: "fraud-check-wat.wasm".into(), at: [-300.0, 0.0], connect });
            session.poll();
        };
        place(&mut session, CHECK);
        let to = Port::new("checkout-rust", CHECK);
        let made = session.document().clone();
        assert_eq!(made.composition.wires[&to], Port::new("fraud-check-wat", CHECK));
        let opened = session.opened(&made.composition.instances["fraud-check-wat"].component).unwrap();
        assert!(opened.is_sample && opened.language.as_deref() == Some("WAT"));
        session.apply(Command::Undo);
        assert_eq!(session.document(), &before, "one step");
        session.apply(Command::Redo);
        assert_eq!(session.document(), &made);
        // A wire that cannot be made leaves the document as it was, and says why.
        place(&mut session, "nothing:like/this");
        assert_eq!(session.document(), &made);
        let said = session.notices().last().unwrap();
        assert_eq!(said.text, "checkout-rust · nothing:like/this does not exist");
    }

    const LABELS: &str = "techbytes:packing/labels";

    /// Who writes labels, wired to who needs them.
    fn labels() -> (Session, Port) {
        let mut session = Session::new(Arc::new(Memory::default()), None);
        for (file, x) in [("labels-rust.wasm", 0.0), ("packer-rust.wasm", 900.0)] {
            session.apply(Command::PlaceSample { file: file.into(), at: [x, 0.0], connect: None });
            session.poll();
        }
        let wire = Port::new("packer-rust", LABELS);
        let edit = crate::compose::Edit::Connect { from: Port::new("labels-rust", LABELS), to: wire.clone() };
        session.apply(Command::Change(Change::Compose(edit)));
        (session, wire)
    }

    #[test]
    fn a_sample_placed_on_a_wire_is_inserted_if_it_fits_in_one_step() {
        let (mut session, wire) = labels();
        session.apply(Command::Change(Change::Compose(crate::compose::Edit::Tap { to: wire.clone(), on: true })));
        let before = session.document().clone();
        let place = |session: &mut Session, file: &str| {
            session.apply(Command::PlaceSampleOnWire { file: file.into(), at: [450.0, 0.0], wire: wire.clone() });
            session.poll();
        };
        place(&mut session, "ribbon-rust.wasm");
        let made = session.document().clone();
        let import = Port::new("ribbon-rust", LABELS);
        assert_eq!(made.composition.wires[&wire], import, "the export of the same name");
        assert_eq!(made.composition.wires[&import], Port::new("labels-rust", LABELS));
        assert!(made.composition.taps.contains(&wire), "the tap stays");
        assert_eq!(session.undo_label(), Some("Place component on a wire"));
        session.apply(Command::Undo);
        assert_eq!(session.document(), &before, "one step");
        session.apply(Command::Redo);
        assert_eq!(session.document(), &made);
        session.apply(Command::Undo);
        // What does not fit is placed, and the wire is as it was.
        place(&mut session, "adder-wat.wasm");
        assert!(session.document().composition.instances.contains_key("adder-wat"));
        assert_eq!(session.document().composition.wires, before.composition.wires);
        session.apply(Command::Undo);
        assert_eq!(session.document(), &before);
    }

    #[test]
    fn a_sample_takes_an_instances_place_in_one_step() {
        let (mut session, wire) = labels();
        session.apply(Command::OpenSample("fraud-check-c.wasm".into()));
        session.poll();
        let before = session.document().clone();
        let study = crate::session::Study::SampleReplacements(session.wiring(), "labels-rust".into());
        session.apply(Command::Study(study.clone()));
        session.poll();
        let Some(crate::session::Finding::SampleReplacements(found)) = session.finding(&study) else { panic!() };
        let names: Vec<_> = found.iter().map(|(file, found)| (*file, found.keeps)).collect();
        assert_eq!(names, [("ribbon-rust.wasm", 1)], "nothing that is open, and nothing else fits");
        let edits = found[0].1.edits("labels-rust");
        let change = Change::ComposeAll("Replace instance", edits);
        session.apply(Command::ChangeWithSample("ribbon-rust.wasm".into(), change));
        session.poll();
        let now = &session.document().composition;
        assert_eq!(session.library()[&now.instances["labels-rust"].component].name, "ribbon-rust");
        assert_eq!(now.wires[&wire], Port::new("labels-rust", LABELS));
        session.apply(Command::Undo);
        assert_eq!(session.document(), &before, "one step");
    }

    #[test]
    fn every_sample_is_a_component_that_can_be_placed() {
        for (sample, component) in decoded() {
            assert_eq!(component.fault(), None, "{}", sample.file);
            assert_eq!(component.name, sample.name());
        }
    }
}
