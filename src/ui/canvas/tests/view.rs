//! What is in view: zooming, panning, the minimap, and very many nodes.

use super::*;

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
