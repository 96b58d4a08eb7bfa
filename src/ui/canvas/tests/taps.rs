//! Taps of wires: always in sight, and hit where they are seen.

use super::*;

const TAPPED: &str = "tapped wire from fraud-go techbytes:payments/fraud-check@1.2.0 to storefront \
    techbytes:shop/checkout@1.2.0, 3 calls, 1,250 per second";

/// Three nodes in a row: the wire from the first to the last runs behind the one in the middle.
fn behind() -> Bench {
    let mut bench = bench();
    bench.nodes.retain(|n| ["fraud-go", "checkout", "storefront"].contains(&n.id.as_str()));
    for (id, at) in [("fraud-go", [24.0, 96.0]), ("checkout", [480.0, 24.0]), ("storefront", [960.0, 120.0])] {
        bench.nodes.iter_mut().filter(|n| n.id == id).for_each(|n| n.pos = at.into());
    }
    let (from, to) = (
        Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"),
        Port::new("storefront", "techbytes:shop/checkout@1.2.0"),
    );
    let tap = Some(Some(Crossed { calls: 3, at_nanos: 2_400_000 }));
    bench.wires = vec![Wire { from, to, family: Family::Variant, broken: false, selected: false, tap }];
    bench
}

fn staged(bench: Bench, choice: Theme) -> Stage<'static, Bench> {
    let mut s = Stage::new([1240.0, 640.0], choice, bench, ui);
    s.harness.run();
    s.harness.state_mut().canvas.view = Some(View { offset: vec2(20.0, 60.0), zoom: 0.8 });
    s.harness.run();
    s
}

/// Where the tap of the first wire is painted.
fn tap_at(s: &Stage<'_, Bench>) -> Pos2 {
    let scene = Scene::new(s.harness.state().nodes.clone(), s.harness.state().wires.clone());
    let (place, course) = (scene.taps()[0], scene.course(0).unwrap());
    let middle =
        scene::Course::point(course.ends.0, course.ends.1, place.t, s.harness.state().canvas.view.unwrap().zoom);
    s.harness.state().canvas.on_screen(middle)
}

/// How many corners of painted meshes there are.
fn corners(s: &Stage<'_, Bench>) -> usize {
    let mut count = 0;
    for clipped in &s.harness.output().shapes {
        each_shape(&clipped.shape, &mut |shape| {
            if let egui::Shape::Mesh(mesh) = shape {
                count += mesh.vertices.len();
            }
        });
    }
    count
}

#[test]
fn pictures_of_taps() {
    both(|choice, name| {
        let mut s = staged(behind(), choice);
        s.picture(&format!("taps-{name}"));
        for (zoom, at) in [(0.45, "half"), (0.25, "tiny")] {
            s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom });
            s.harness.run();
            s.picture(&format!("taps-{at}-{name}"));
        }
        let mut bench = behind();
        bench.nodes.iter_mut().filter(|n| n.id == "storefront").for_each(|n| n.pos = pos2(400.0, 300.0));
        staged(bench, choice).picture(&format!("taps-covered-{name}"));
    });
}

#[test]
fn a_tap_stands_beside_the_node_that_its_wire_runs_behind() {
    let mut s = staged(behind(), Theme::Dark);
    let scene = Scene::new(s.harness.state().nodes.clone(), s.harness.state().wires.clone());
    let course = scene.course(0).unwrap();
    let middle = scene::Course::point(course.ends.0, course.ends.1, 0.5, 1.0);
    assert!(scene.rect_of("checkout").unwrap().contains(middle), "the middle of the wire is covered");
    let at = tap_at(&s);
    let view = s.harness.state().canvas.view.unwrap();
    for node in scene.nodes() {
        let rect = view.rect_to_screen(s.harness.state().canvas.corner, scene.rect_of(&node.id).unwrap());
        assert!(!rect.expand(8.0).contains(at), "{} covers the tap", node.id);
    }
    s.harness.hover_at(at);
    s.harness.run();
    assert_eq!(s.harness.state().canvas.status(), TAPPED);
    s.harness.drag_at(at);
    drop(&mut s, at);
    assert_eq!(last(&s), Intent::SelectWire(Port::new("storefront", "techbytes:shop/checkout@1.2.0")));
}

#[test]
fn where_the_whole_wire_is_covered_the_tap_lies_above_and_is_hit_first() {
    let mut bench = behind();
    let large = bench.nodes.iter().position(|n| n.id == "checkout").unwrap();
    // Its node covers both ends of the wire.
    let mut copy = bench.nodes[large].clone();
    copy.imports =
        (0..40).map(|i| port(&format!("i{i}"), Family::Text, PortShape::Interface, PortState::Host)).collect();
    copy.pos = pos2(320.0, 0.0);
    copy.state = NodeState::default();
    bench.nodes[large] = copy;
    bench.nodes.iter_mut().filter(|n| n.id == "storefront").for_each(|n| n.pos = pos2(400.0, 240.0));
    bench.nodes.iter_mut().filter(|n| n.id == "fraud-go").for_each(|n| n.pos = pos2(110.0, 120.0));
    let mut s = staged(bench, Theme::Dark);
    let at = tap_at(&s);
    s.harness.hover_at(at);
    s.harness.run();
    assert_eq!(s.harness.state().canvas.status(), TAPPED);
    assert!(painted(&s).iter().filter(|text| *text == icons::EYE).count() == 1);
    let eye = painted(&s).iter().rposition(|text| text == icons::EYE);
    let title = painted(&s).iter().rposition(|text| text == "checkout");
    assert!(eye > title, "it is painted after the node");
}

#[test]
fn taps_of_wires_that_cross_do_not_cover_each_other() {
    let mut bench = bench();
    bench.nodes.retain(|n| n.id == "stock");
    for (id, at) in [("b", [72.0, 480.0]), ("c", [720.0, 180.0]), ("d", [720.0, 480.0])] {
        let mut copy = bench.nodes[0].clone();
        (copy.id, copy.pos) = (id.to_owned(), at.into());
        bench.nodes.push(copy);
    }
    let wire = |from: &str, to: &str| Wire {
        from: Port::new(from, "ready"),
        to: Port::new(to, "wasi:filesystem/types@0.2.0"),
        family: Family::Choice,
        broken: false,
        selected: false,
        tap: Some(None),
    };
    let scene = Scene::new(bench.nodes.clone(), vec![wire("stock", "d"), wire("b", "c")]);
    let rects: Vec<Rect> = (0..2)
        .map(|i| {
            let (from, to) = scene.course(i).unwrap().ends;
            scene.taps()[i].rect(scene::Course::point(from, to, scene.taps()[i].t, 1.0), "", 1.0).0
        })
        .collect();
    assert!(!rects[0].intersects(rects[1]), "{rects:?}");
}

#[test]
fn far_away_a_tapped_wire_has_a_mark() {
    let far = |tap: Option<Option<Crossed>>| {
        let mut bench = behind();
        bench.wires[0].tap = tap;
        let mut s = staged(bench, Theme::Dark);
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(20.0, 60.0), zoom: 0.2 });
        s.harness.run();
        s
    };
    let (with, without) = (far(Some(None)), far(None));
    assert_eq!(corners(&with) - corners(&without), 8, "a square on its tip, with an edge");
}
