//! What is seen: pictures, what ports and wires tell, states without colour.

use super::*;

#[test]
fn pictures() {
    both(|choice, name| {
        let mut s = Stage::new([1240.0, 640.0], choice, bench(), ui);
        s.harness.run();
        s.picture(&format!("canvas-{name}"));
        let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
        drag(&mut s, from, to + vec2(4.0, 10.0));
        s.picture(&format!("canvas-fits-{name}"));
        s.harness.hover_at(center(&s, "stock export ready, unused"));
        s.harness.run();
        s.picture(&format!("canvas-refused-{name}"));
        drop(&mut s, pos2(600.0, 600.0));
        s.harness.state_mut().apply(vec![
            Intent::Select { instances: vec!["stock".into(), "rates".into()], mode: SelectMode::Replace },
            Intent::SelectWire(Port::new("checkout", STOCK)),
        ]);
        s.harness.get_by_label(IMPORT).focus();
        s.harness.run();
        s.harness.key_press(Key::Enter);
        s.harness.run();
        s.picture(&format!("canvas-keyboard-{name}"));
        s.harness.key_press(Key::Escape);
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom: 0.5 });
        s.harness.run();
        s.picture(&format!("canvas-half-{name}"));
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom: 0.25 });
        s.harness.run();
        s.picture(&format!("canvas-tiny-{name}"));
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(-560.0, -20.0), zoom: 1.7 });
        s.harness.run();
        s.picture(&format!("canvas-large-{name}"));
    });
}

/// Rule 11: on a port and on its wire, and what a wire between two versions says of them.
#[test]
fn a_port_tells_its_name_version_and_signatures_and_what_version_it_got() {
    let mut s = stage();
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    s.harness.state_mut().apply(vec![Intent::Connect { from, to }]);
    s.harness.run();
    assert!(painted(&s).contains(&"1.2.0 → 1.0.0".to_owned()), "on the wire: {:?}", painted(&s));
    let ports = [
        (IMPORT, FRAUD, "from fraud-go: 1.2.0 satisfies 1.0.0"),
        (EXPORT, "techbytes:payments/fraud-check@1.2.0", "to checkout: 1.2.0 satisfies 1.0.0"),
        ("checkout import techbytes:shop/stock@1.2.0, connected", STOCK, "from stock"),
    ];
    for (label, name, joined) in ports {
        s.harness.remove_cursor();
        s.harness.run();
        s.harness.hover_at(center(&s, label));
        for _ in 0..8 {
            s.harness.step();
        }
        for text in [name, "check: func(order: order) -> result<score, string>", joined] {
            assert!(s.harness.query_by_label(text).is_some(), "{label}: {text}");
        }
    }
}

/// Rule 12.
#[test]
fn a_wire_under_the_pointer_or_the_focus_stands_out_with_both_its_ports() {
    let name = format!("wire from stock {STOCK} to checkout {STOCK}");
    for by_pointer in [true, false] {
        let mut s = stage();
        let wire = s.harness.get_by_label(&name).rect().center();
        let ends = [format!("stock export {STOCK}, connected"), format!("checkout import {STOCK}, connected")];
        let ends = ends.map(|end| center(&s, &end));
        let other = center(&s, IMPORT);
        let before = [ends[0], ends[1], other].map(|at| mark_at(&s, at));
        let wires = |s: &Stage<'_, Bench>| {
            let mut widths = Vec::new();
            for clipped in &s.harness.output().shapes {
                each_shape(&clipped.shape, &mut |shape| {
                    if let egui::Shape::CubicBezier(curve) = shape {
                        widths.push(curve.stroke.width);
                    }
                });
            }
            widths.iter().copied().fold(0.0_f32, f32::max)
        };
        let width = wires(&s);
        if by_pointer {
            s.harness.hover_at(wire);
        } else {
            // Focus is drawn once a key was pressed.
            s.harness.get_by_label(&name).focus();
            s.harness.run();
            s.harness.key_press(Key::Home);
        }
        s.harness.run();
        assert_eq!(s.harness.state().canvas.status(), name);
        let after = [ends[0], ends[1], other].map(|at| mark_at(&s, at));
        assert!(after[0] > before[0] && after[1] > before[1], "{before:?} {after:?}");
        assert_eq!(after[2], before[2]);
        assert!(wires(&s) > width);
    }
}

/// Rule 13: a mark or a shape for each state besides the word, none of them by colour alone.
#[test]
fn the_state_of_a_port_is_readable_without_colour() {
    use PortState::{Exported, Host, Mismatched, Missing, Satisfied, Unused};
    let look = |state: PortState| {
        let mut one = node("one", "one", "", "", [80.0, 80.0]);
        one.imports = vec![port("a:b/c@1.0.0", Family::Record, PortShape::Interface, state)];
        let bench = Bench {
            nodes: vec![one],
            wires: Vec::new(),
            canvas: CanvasState::default(),
            log: Vec::new(),
            waits: false,
        };
        let mut s = Stage::new([400.0, 300.0], Theme::Dark, bench, ui);
        s.harness.run();
        let (at, mut hollow, mut lines) = (center(&s, &format!("one import a:b/c@1.0.0, {}", state.word())), None, 0);
        let ground = theme::tokens(&s.harness.ctx).raised;
        for clipped in &s.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| match shape {
                egui::Shape::Circle(c) if c.center.distance(at) < 1.0 => hollow = Some(c.fill == ground),
                egui::Shape::LineSegment { points, .. } if points[0].lerp(points[1], 0.5).distance(at) < 1.0 => {
                    lines += 1
                }
                _ => {}
            });
        }
        let marks = [icons::WARNING, icons::LINK_BREAK, icons::EXPORTED].map(|m| painted(&s).contains(&m.to_owned()));
        (hollow.unwrap(), lines, marks)
    };
    let looks = [Satisfied, Missing, Mismatched, Exported, Unused].map(look);
    for (i, one) in looks.iter().enumerate() {
        assert!(looks.iter().skip(i + 1).all(|other| one != other), "{looks:?}");
    }
    // What a host gives has a shape of its own.
    assert_eq!(look(Host), look(Satisfied));
    let shape = |shape| {
        Scene::new(
            vec![Node { imports: vec![port("a:b/c", Family::Host, shape, Host)], ..node("n", "", "", "", [0.0; 2]) }],
            Vec::new(),
        )
    };
    assert_ne!(shape(PortShape::Host).nodes()[0].imports[0].shape, PortShape::Interface);
}

/// From afar names are cut or not told at all: what the pointer is on, and what has the focus, tells its own.
#[test]
fn from_afar_a_node_tells_its_name_and_state_to_the_pointer_and_in_focus() {
    let name = "checkout, instance of checkout-rust, 2 unsatisfied imports";
    let told = |s: &Stage<'_, Bench>, text: &str| painted(s).iter().any(|t| t == text);
    let about = "instance of checkout-rust, 2 unsatisfied imports";
    both(|choice, word| {
        let mut s = Stage::new([1240.0, 640.0], choice, bench(), ui);
        s.harness.run();
        for zoom in [0.3, 0.25, 0.2] {
            s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom });
            s.harness.run();
            s.picture(&format!("canvas-afar-{zoom}-{word}"));
        }
        assert!(told(&s, "stock"), "{:?}", painted(&s));
        assert!(!told(&s, about));
        s.harness.hover_at(center(&s, name));
        for _ in 0..8 {
            s.harness.step();
        }
        for text in ["checkout", about] {
            assert!(s.harness.query_by_label(text).is_some(), "{text}");
        }
        s.picture(&format!("canvas-afar-hovered-{word}"));
        s.harness.remove_cursor();
        s.harness.get_by_label(name).focus();
        s.harness.run();
        s.harness.key_press(Key::Home);
        s.harness.run();
        assert!(told(&s, about), "{:?}", painted(&s));
        s.picture(&format!("canvas-afar-focused-{word}"));
        // Life size all of it stands on the node.
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(40.0, 40.0), zoom: 1.0 });
        s.harness.run();
        assert!(!told(&s, about));
    });
}

/// Where very many tiles are in view, letters would take more time than a frame has.
#[test]
fn small_tiles_say_their_names_only_where_there_are_few_of_them() {
    let names = |count: usize| {
        let at = |i: usize| [(i % 32) as f32 * 140.0, (i / 32) as f32 * 120.0];
        let nodes = (0..count).map(|i| node(&format!("service-{i:03}"), "service", "", "", at(i)));
        let bench = Bench {
            nodes: nodes.collect(),
            wires: Vec::new(),
            canvas: CanvasState::default(),
            log: Vec::new(),
            waits: false,
        };
        let mut s = Stage::new([1800.0, 640.0], Theme::Dark, bench, ui);
        s.harness.run();
        s.harness.state_mut().canvas.view = Some(View { offset: vec2(4.0, 4.0), zoom: 0.25 });
        s.harness.run();
        painted(&s).iter().filter(|text| text.starts_with('s')).count()
    };
    assert_eq!(names(200), 200);
    assert_eq!(names(232), 0);
}
