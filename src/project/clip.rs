//! Instances with the wires among them as text: what Copy puts on the clipboard and Paste takes from it, in whichever window.

use super::Document;
use super::format::{MAX_ENTRIES, MAX_NAME, position};
use super::frame::{Frame, frame_title_fault};
use crate::component::Digest;
use crate::compose::Port;
use crate::diag::display_safe_line;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The version that is written.
const VERSION: u64 = 1;

/// Instances and the wires among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clip {
    /// Instances by name.
    pub instances: BTreeMap<String, Clipped>,
    /// Wires, by the import they end at.
    pub wires: BTreeMap<Port, Port>,
    /// Those of them that are tapped, by the same imports.
    pub taps: BTreeSet<Port>,
    /// Frames all of whose members are copied, by title.
    pub frames: BTreeMap<String, Frame>,
}

/// An instance of a [`Clip`].
#[derive(Debug, Clone, PartialEq)]
pub struct Clipped {
    /// Which component.
    pub component: Digest,
    /// What the component was called: to say which one is missing.
    pub component_name: String,
    /// Where its node stood.
    pub at: Option<[f32; 2]>,
    /// Whether it is a stub that is no part of the composed file.
    pub left_out: bool,
}

/// Why text is no [`Clip`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// It is some other text.
    #[error("The clipboard holds no instances")]
    Other,
    /// A newer version wrote it.
    #[error("A newer Wirebench copied this (format {0}, here {VERSION}), so it cannot be pasted")]
    Newer(u64),
    /// It is damaged.
    #[error("What is on the clipboard cannot be pasted: {0}")]
    Broken(String),
}

#[derive(Serialize, Deserialize)]
struct Text {
    wirebench_clip: u64,
    instances: Vec<InstanceText>,
    #[serde(default)]
    wires: Vec<[[String; 2]; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taps: Vec<[String; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    frames: Vec<FrameText>,
}

#[derive(Serialize, Deserialize)]
struct FrameText {
    title: String,
    position: Value,
    size: Value,
    members: BTreeSet<String>,
    #[serde(default)]
    folded: bool,
}

#[derive(Serialize, Deserialize)]
struct InstanceText {
    name: String,
    component: String,
    #[serde(default)]
    component_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left_out: bool,
}

impl Clip {
    /// These instances of a document, as far as it has them.
    pub fn of(document: &Document, names: &[String]) -> Self {
        let names: BTreeSet<&String> = names.iter().collect();
        let instance = |name: &String| {
            let component = document.composition.instances.get(name)?.component;
            let component_name = document.components.get(&component).map(|c| c.name.clone()).unwrap_or_default();
            let at = document.layout.get(name).copied();
            let left_out = document.left_out.contains(name);
            Some((name.clone(), Clipped { component, component_name, at, left_out }))
        };
        let instances: BTreeMap<_, _> = names.iter().filter_map(|name| instance(name)).collect();
        let inside = |port: &Port| instances.contains_key(&port.instance);
        let wires = document.composition.wires.iter().filter(|(to, from)| inside(to) && inside(from));
        let wires: BTreeMap<_, _> = wires.map(|(to, from)| (to.clone(), from.clone())).collect();
        let taps = document.composition.taps.iter().filter(|to| wires.contains_key(to)).cloned().collect();
        let whole = |f: &Frame| !f.members.is_empty() && f.members.iter().all(|name| instances.contains_key(name));
        let frames = document.frames.iter().filter(|(_, f)| whole(f)).map(|(t, f)| (t.clone(), f.clone())).collect();
        Self { wires, taps, frames, instances }
    }

    /// The text for the clipboard.
    pub fn to_text(&self) -> String {
        let instances = self.instances.iter().map(|(name, i)| InstanceText {
            name: name.clone(),
            component: i.component.to_string(),
            component_name: i.component_name.clone(),
            position: i.at.map(|at| Value::Array(at.map(super::decimal).to_vec())),
            left_out: i.left_out,
        });
        let end = |port: &Port| [port.instance.clone(), port.name.clone()];
        let wires = self.wires.iter().map(|(to, from)| [end(from), end(to)]);
        let taps = self.taps.iter().map(end).collect();
        let pair = |numbers: [f32; 2]| Value::Array(numbers.map(super::decimal).to_vec());
        let frames = self.frames.iter().map(|(title, frame)| FrameText {
            title: title.clone(),
            position: pair(frame.at),
            size: pair(frame.size),
            members: frame.members.clone(),
            folded: frame.folded,
        });
        let (instances, wires, frames) = (instances.collect(), wires.collect(), frames.collect());
        let text = Text { wirebench_clip: VERSION, instances, wires, taps, frames };
        // Strings and finite numbers can always be written.
        serde_json::to_string_pretty(&text).unwrap_or_default()
    }

    /// Reads what [`Clip::to_text`] wrote.
    ///
    /// # Errors
    /// Why it is none.
    pub fn from_text(text: &str) -> Result<Self, ClipError> {
        if text.len() > super::format::MAX_BYTES || !text.contains("wirebench_clip") {
            return Err(ClipError::Other);
        }
        let value: Value = serde_json::from_str(text).map_err(|_| ClipError::Other)?;
        match value.get("wirebench_clip").map(Value::as_u64) {
            Some(Some(VERSION)) => {}
            Some(Some(newer)) => return Err(ClipError::Newer(newer)),
            _ => return Err(ClipError::Other),
        }
        let broken = |why: String| ClipError::Broken(display_safe_line(&why).into_owned());
        let text: Text = serde_json::from_value(value).map_err(|e| broken(e.to_string()))?;
        if text.instances.len() > MAX_ENTRIES || text.wires.len() > MAX_ENTRIES {
            return Err(broken(format!("it has more than {MAX_ENTRIES} instances or wires")));
        }
        let mut out = Self::default();
        for entry in text.instances {
            let Some(component) = Digest::parse(&entry.component) else {
                return Err(broken(format!("the component of {} is no sha256", entry.name)));
            };
            if entry.name.len() > MAX_NAME || entry.component_name.len() > MAX_NAME {
                return Err(broken("a name is far too long".into()));
            }
            let at = entry.position.as_ref().and_then(position);
            let (component_name, left_out) = (entry.component_name, entry.left_out);
            out.instances.insert(entry.name, Clipped { component, component_name, at, left_out });
        }
        for [from, to] in text.wires {
            let [from, to] = [from, to].map(|[instance, name]| Port { instance, name });
            if let Some(port) = [&from, &to].into_iter().find(|p| !out.instances.contains_key(&p.instance)) {
                return Err(broken(format!("a wire needs the instance {}, which is not in it", port.instance)));
            }
            out.wires.insert(to, from);
        }
        for [instance, name] in text.taps {
            let to = Port { instance, name };
            if !out.wires.contains_key(&to) {
                return Err(broken(format!("no wire of it ends at the tapped {to}")));
            }
            out.taps.insert(to);
        }
        let mut framed = BTreeSet::new();
        for entry in text.frames {
            let frame = position(&entry.position).zip(position(&entry.size)).map(|(at, size)| Frame::new(at, size));
            let Some(frame) = frame.filter(Frame::is_sound).filter(|_| frame_title_fault(&entry.title).is_none())
            else {
                return Err(broken("a frame has no title, place or size".into()));
            };
            let sound = |name: &String| out.instances.contains_key(name) && framed.insert(name.clone());
            if entry.members.is_empty() || !entry.members.iter().all(sound) {
                return Err(broken(format!("the members of the frame {} are not in it", entry.title)));
            }
            out.frames.insert(entry.title, Frame { members: entry.members, folded: entry.folded, ..frame });
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Instance;
    use crate::project::ComponentSource;

    fn document() -> Document {
        let mut d = Document::default();
        let digest = Digest::of(b"x");
        d.components.insert(digest, ComponentSource { name: "x".into(), ..ComponentSource::default() });
        for name in ["a", "b", "c"] {
            d.composition.instances.insert(name.into(), Instance { component: digest });
            d.layout.insert(name.into(), [1.5, -2.0]);
        }
        d.left_out.insert("b".into());
        let frame = Frame { folded: true, ..Frame::new([0.5, 1.0], [300.0, 200.0]) };
        d.frames.insert("whole".into(), frame.clone().with(["a".into(), "b".into()]));
        d.frames.insert("part".into(), frame.with(["c".into()]));
        d.composition.wires.insert(Port::new("b", "in"), Port::new("a", "out"));
        d.composition.wires.insert(Port::new("c", "in"), Port::new("b", "out"));
        d.composition.taps.extend([Port::new("b", "in"), Port::new("c", "in")]);
        d
    }

    #[test]
    fn what_is_copied_comes_back_with_its_inner_wires() {
        let clip = Clip::of(&document(), &["a".into(), "b".into(), "gone".into()]);
        assert_eq!(clip.instances.len(), 2);
        assert_eq!(clip.wires.len(), 1, "the wire to c leads out");
        assert_eq!(clip.taps, [Port::new("b", "in")].into(), "and its tap with it");
        assert_eq!(clip.frames.keys().collect::<Vec<_>>(), ["whole"], "c stays, and its frame with it");
        let half = Clip::of(&document(), &["a".into()]);
        assert!(half.frames.is_empty(), "half of a frame is none");
        assert_eq!(Clip::from_text(&clip.to_text()), Ok(clip));
    }

    #[test]
    fn other_text_is_told_from_damaged_and_newer_clips() {
        let text = Clip::of(&document(), &["a".into(), "b".into()]).to_text();
        assert_eq!(Clip::from_text("hello"), Err(ClipError::Other));
        assert_eq!(Clip::from_text(r#"["wirebench_clip"]"#), Err(ClipError::Other));
        assert_eq!(Clip::from_text(r#"{"wirebench_clip": 7}"#), Err(ClipError::Newer(7)));
        for (from, to) in [
            ("\"component\": \"", "\"component\": \"zz"),
            ("\"a\",\n        \"out\"", "\"q\", \"out\""),
            ("\"members\": [\n        \"a\"", "\"members\": [\"q\""),
            ("300.0", "0"),
            ("\"taps\": [\n    [\n      \"b\"", "\"taps\": [\n    [\n      \"a\""),
        ] {
            let damaged = text.replacen(from, to, 1);
            assert_ne!(damaged, text, "{text}");
            assert!(matches!(Clip::from_text(&damaged), Err(ClipError::Broken(_))), "{damaged}");
        }
        for cut in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
            assert!(Clip::from_text(&text[..cut]).is_err());
        }
    }
}
