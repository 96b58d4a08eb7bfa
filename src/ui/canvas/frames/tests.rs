//! Where frames are and where things go, on small scenes and on random ones.

use super::*;
use crate::component::Family;
use crate::compose::{Port, Side};
use crate::ui::canvas::{NodeState, PortShape, PortState, PortView, Pushed, Wire};

fn node(id: &str, at: [f32; 2]) -> Node {
    let port = |name: &str| PortView {
        name: name.to_owned(),
        of: None,
        label: name.to_owned(),
        version: String::new(),
        family: Family::Record,
        shape: PortShape::Interface,
        state: PortState::Satisfied,
        result: None,
        trouble: None,
        tooltip: String::new(),
    };
    Node {
        id: id.to_owned(),
        group: None,
        title: id.to_owned(),
        subtitle: String::new(),
        mark: String::new(),
        badge: String::new(),
        size_text: String::new(),
        pos: at.into(),
        imports: vec![port("in")],
        exports: vec![port("out")],
        state: NodeState::default(),
        selected: false,
    }
}

fn wire(from: &str, to: &str) -> Wire {
    let (from, to) = (Port::new(from, "out"), Port::new(to, "in"));
    Wire { from, to, family: Family::Record, broken: false, selected: false, tap: None }
}

fn frame(at: [f32; 2], size: [f32; 2], members: &[&str]) -> Frame {
    Frame::new(at, size).with(members.iter().map(|n| (*n).to_owned()))
}

/// `a` and `b` in a frame, `c` to the right of it, `d` below.
fn scene() -> Scene {
    let nodes =
        vec![node("a", [24.0, 48.0]), node("b", [300.0, 48.0]), node("c", [700.0, 48.0]), node("d", [24.0, 400.0])];
    let wires = vec![wire("a", "b"), wire("b", "c"), wire("d", "b")];
    let view = FrameView::new("F", &frame([0.0, 0.0], [540.0, 240.0], &["a", "b"]), false);
    Scene::new(nodes, wires).framed(vec![view])
}

/// The same with the frame folded.
fn folded() -> Scene {
    let mut group = node("F", [0.0, 0.0]);
    group.group = Some(vec![("a".into(), [24.0, 48.0].into()), ("b".into(), [300.0, 48.0].into())]);
    group.imports[0].of = Some("a".into());
    let mut second = group.imports[0].clone();
    second.of = Some("b".into());
    group.imports.push(second);
    group.exports[0].of = Some("b".into());
    let nodes = vec![node("c", [400.0, 48.0]), node("d", [24.0, 200.0]), group];
    let of = Frame { folded: true, ..frame([0.0, 0.0], [540.0, 240.0], &["a", "b"]) };
    Scene::new(nodes, vec![wire("b", "c"), wire("d", "b")]).framed(vec![FrameView::new("F", &of, false)])
}

fn carried(names: &[&str]) -> Carried {
    Carried { names: names.iter().map(|n| (*n).to_owned()).collect(), frames: BTreeSet::new() }
}

fn members(frame: &Frame) -> Vec<&str> {
    frame.members.iter().map(String::as_str).collect()
}

#[test]
fn a_frame_is_drawn_as_large_as_its_members_need() {
    let small = FrameView::new("F", &frame([0.0, 0.0], [10.0, 10.0], &["a", "c"]), false);
    let scene = Scene::new(vec![node("a", [24.0, 48.0]), node("c", [700.0, 500.0])], Vec::new()).framed(vec![small]);
    let rect = scene.frames()[0].rect;
    assert!(rect.contains_rect(scene.rect_of("a").unwrap()) && rect.contains_rect(scene.rect_of("c").unwrap()));
    assert!(scene.rect_of("a").unwrap().top() - rect.top() >= FRAME_HEAD, "no node covers the title");
    let fitted = scene.fitted("F").unwrap();
    assert!(stored(&fitted).contains_rect(rect) || rect.contains_rect(stored(&fitted).shrink(PAD)));
    assert_eq!(members(&fitted), ["a", "c"]);
}

#[test]
fn a_node_dragged_into_a_frame_joins_and_one_dragged_out_leaves() {
    let scene = scene();
    let out = scene.moved(&carried(&["c"]), vec2(-480.0, 60.0));
    assert_eq!(out.nodes, [("c".to_owned(), [220.0, 108.0])]);
    assert_eq!(members(&out.frames[0].1), ["a", "b", "c"]);
    let out = scene.moved(&carried(&["b"]), vec2(0.0, 400.0));
    assert_eq!(members(&out.frames[0].1), ["a"]);
    let out = scene.moved(&carried(&["b"]), vec2(12.0, 12.0));
    assert_eq!(out.frames, [], "within the frame it stays a member");
    // All that is in a frame, with something else: the frame goes along and keeps its members.
    let mut scene = scene;
    scene = {
        let mut nodes = scene.nodes().to_vec();
        nodes.iter_mut().for_each(|n| n.selected = true);
        Scene::new(nodes, scene.wires().to_vec()).framed(scene.frames().to_vec())
    };
    let all = scene.carried_by(0, true);
    assert_eq!(all.frames, BTreeSet::from(["F".to_owned()]));
    let out = scene.moved(&all, vec2(2000.0, 0.0));
    assert_eq!(out.nodes.len(), 4);
    assert_eq!((out.frames[0].1.at, members(&out.frames[0].1)), ([2000.0, 0.0], vec!["a", "b"]));
    assert_eq!(scene.carried_by(0, false).frames, BTreeSet::new(), "one of two does not take it along");
}

#[test]
fn edges_are_taken_near_them_and_stop_at_members() {
    let rect = Rect::from_min_size(Pos2::ZERO, vec2(540.0, 240.0));
    let at = |x, y| Edges::near(rect, pos2(x, y), 5.0).map(|e| [e.left, e.right, e.top, e.bottom]);
    assert_eq!(at(200.0, 100.0), None);
    assert_eq!(at(600.0, 100.0), None);
    assert_eq!(at(-3.0, 100.0), Some([true, false, false, false]));
    assert_eq!(at(270.0, 241.0), Some([false, false, false, true]));
    assert_eq!(at(538.0, 230.0), Some([false, true, false, true]));
    assert_eq!(at(8.0, 2.0), Some([true, false, true, false]));
    let scene = scene();
    let wide = scene.resized("F", Edges::END, vec2(420.0, 0.0)).unwrap();
    assert_eq!(wide.size, [960.0, 240.0]);
    assert_eq!(members(&wide), ["a", "b", "c"], "what lies in it then joins");
    let tight = scene.resized("F", Edges::END, vec2(-2000.0, -2000.0)).unwrap();
    let all = scene.rect_of("a").unwrap().union(scene.rect_of("b").unwrap());
    assert!(stored(&tight).contains_rect(all), "{tight:?}");
    assert!(stored(&tight).right() < 540.0);
    let up = scene.resized("F", Edges::START, vec2(-24.0, -12.0)).unwrap();
    assert_eq!((up.at, up.size), ([-24.0, -12.0], [564.0, 252.0]));
}

#[test]
fn the_node_of_a_folded_frame_has_the_real_ports() {
    let scene = folded();
    let export = Port::new("b", "out");
    let anchor = scene.find(&export, Side::Export).unwrap();
    assert_eq!(scene.nodes()[anchor.node].id, "F");
    assert_eq!(scene.port(anchor), Some(export), "a wire from it is a wire from the member");
    let (first, second) = (Port::new("a", "in"), Port::new("b", "in"));
    let rows = [first, second].map(|p| scene.find(&p, Side::Import).unwrap().row);
    assert_eq!(rows, [0, 1], "ports of one name are told apart by their instances");
    assert_eq!(scene.find(&Port::new("a", "out"), Side::Export), None, "inner ports are not there");
    assert_eq!(scene.place("a"), Some(pos2(24.0, 48.0)));
    // Moved, the members come along; they are none of any other frame.
    let out = scene.moved(&scene.carried_by(2, false), vec2(12.0, 24.0));
    assert_eq!(out.nodes, [("a".to_owned(), [36.0, 72.0]), ("b".to_owned(), [312.0, 72.0])]);
    assert_eq!(out.frames[0].1.at, [12.0, 24.0]);
    assert!(out.frames[0].1.folded);
}

#[test]
fn an_opened_frame_makes_room_for_itself() {
    let scene = folded();
    let (out, _) = scene.turned("F", None, &Pushed::default()).unwrap();
    let of = |name: &str| {
        let moved = out.nodes.iter().find(|(n, _)| n == name).map(|(_, at)| Pos2::from(*at));
        Rect::from_min_size(moved.unwrap_or(scene.place(name).unwrap()), scene.rect_of(name).unwrap().size())
    };
    let (_, frame) = out.frames.iter().find(|(title, _)| title == "F").unwrap();
    assert!(!frame.folded);
    for name in ["c", "d"] {
        assert!(!of(name).intersects(stored(frame)), "{name} at {:?}", of(name));
    }
    assert!(of("c").left() >= 540.0 && of("c").top() == 48.0, "what stood beside it still does");
    let size = Some(vec2(240.0, 120.0));
    assert!(scene.turned("F", size, &Pushed::default()).is_none(), "it is folded already");
    let (again, _) = self::scene().turned("F", size, &Pushed::default()).unwrap();
    assert_eq!((again.nodes.len(), again.frames[0].1.folded), (0, true));
}

/// Applies places to a scene, for a look at the result.
fn laid_out(scene: &Scene, layout: &Layout) -> Scene {
    let mut nodes = scene.nodes().to_vec();
    for (name, at) in &layout.nodes {
        nodes.iter_mut().filter(|n| n.id == *name).for_each(|n| n.pos = (*at).into());
    }
    let frame = |view: &FrameView| {
        let new = layout.frames.iter().find(|(title, _)| *title == view.title).map(|(_, f)| f);
        FrameView::new(&view.title, new.unwrap_or(&view.frame), false)
    };
    Scene::new(nodes, scene.wires().to_vec()).framed(scene.frames().iter().map(frame).collect())
}

#[test]
fn arranging_keeps_frames_apart_and_around_their_members_and_flows_to_the_right() {
    let mut dice = 0x2545_F491_4F6C_DD1D_u64;
    let mut roll = move |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice % sides as u64) as usize
    };
    for round in 0..40 {
        let count = 2 + roll(24);
        let name = |i: usize| format!("n{i}");
        let nodes = (0..count).map(|i| node(&name(i), [roll(900) as f32, roll(900) as f32])).collect();
        // Frames of neighbours in the order of wires, so that no frame is both before and behind another.
        let mut frames = Vec::new();
        let mut first = 0;
        while first < count {
            let many = (1 + roll(4)).min(count - first);
            if roll(2) == 0 {
                let inside: Vec<String> = (first..first + many).map(name).collect();
                let frame = Frame::new([roll(500) as f32, 0.0], [200.0, 100.0]).with(inside);
                frames.push(FrameView::new(&format!("f{first}"), &frame, false));
            }
            first += many;
        }
        let mut wires = Vec::new();
        for to in 1..count {
            wires.push(wire(&name(roll(to)), &name(to)));
        }
        let scene = Scene::new(nodes, wires).framed(frames);
        let after = laid_out(&scene, &scene.arranged());
        let rects: Vec<_> = (0..count).map(|i| (name(i), after.rect_of(&name(i)).unwrap())).collect();
        for (i, (a, of_a)) in rects.iter().enumerate() {
            assert!(rects[i + 1..].iter().all(|(_, b)| !b.intersects(*of_a)), "{round}: {a} overlaps");
        }
        for (i, view) in after.frames().iter().enumerate() {
            for (name, rect) in &rects {
                let inside = view.frame.members.contains(name);
                assert_eq!(view.rect.contains_rect(*rect), inside, "{round}: {name} and {}", view.title);
                assert!(inside || !view.rect.intersects(*rect), "{round}: {name} under {}", view.title);
            }
            assert!(after.frames()[i + 1..].iter().all(|f| !f.rect.intersects(view.rect)), "{round}: frames overlap");
            assert_eq!(view.rect, stored(&view.frame), "{round}: it fits its members");
        }
        let unit = |name: &str| after.framed.get(name).map(|i| after.frames()[*i].rect);
        for wire in after.wires() {
            let (from, to) = (&wire.from.instance, &wire.to.instance);
            let (a, b) = (after.rect_of(from).unwrap(), after.rect_of(to).unwrap());
            let (a, b) = match (unit(from), unit(to)) {
                (Some(x), Some(y)) if x == y => (a, b),
                (x, y) => (x.unwrap_or(a), y.unwrap_or(b)),
            };
            assert!(a.right() < b.left(), "{round}: {from} is left of {to}");
        }
    }
}

#[test]
fn a_folded_frame_is_arranged_and_lined_up_as_one_node() {
    let scene = folded();
    let out = scene.arranged();
    let at = |name: &str| out.nodes.iter().find(|(n, _)| n == name).unwrap().1;
    let (a, b) = (at("a"), at("b"));
    assert_eq!([b[0] - a[0], b[1] - a[1]], [276.0, 0.0], "its members keep their places in it");
    let frame = &out.frames[0].1;
    assert_eq!([a[0] - frame.at[0], a[1] - frame.at[1]], [24.0, 48.0]);
    assert!(at("d")[0] < frame.at[0] && frame.at[0] < at("c")[0], "d → F → c");
}
