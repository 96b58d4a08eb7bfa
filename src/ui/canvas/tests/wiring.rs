//! Wires by the pointer: drawn, picked up, taken back; what fits and what does not.

use super::*;

/// Rule 1.
#[test]
fn a_press_without_a_drag_makes_no_wire() {
    let mut s = stage();
    let at = center(&s, IMPORT);
    s.harness.drag_at(at);
    s.harness.step();
    s.harness.hover_at(at + vec2(3.0, 0.0));
    s.harness.step();
    assert!(s.harness.state().canvas.linking().is_none());
    s.harness.hover_at(at + vec2(-9.0, 0.0));
    s.harness.step();
    let (port, side) = s.harness.state().canvas.linking().unwrap();
    assert_eq!((port, side), (&Port::new("checkout", FRAUD), Side::Import));
}

#[test]
fn a_wire_is_dragged_from_an_import_to_an_export() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
    drag(&mut s, from, to);
    drop(&mut s, to);
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    assert_eq!(last(&s), Intent::Connect { from, to });
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 3; the rest of it is in `pointer`.
#[test]
fn a_wire_let_go_on_a_port_before_it_is_known_what_fits_is_connected() {
    let mut s = stage();
    s.harness.state_mut().waits = true;
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
    drag(&mut s, from, to);
    drop(&mut s, to);
    let (from, to) = (Port::new("fraud-go", "techbytes:payments/fraud-check@1.2.0"), Port::new("checkout", FRAUD));
    assert_eq!(last(&s), Intent::Connect { from, to });
}

#[test]
fn a_wire_snaps_to_a_port_that_fits_nearby() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, EXPORT) + vec2(18.0, 5.0));
    drag(&mut s, from, to);
    drop(&mut s, to);
    assert!(matches!(last(&s), Intent::Connect { .. }));
}

/// Rule 4.
#[test]
fn over_a_port_that_does_not_fit_nothing_happens() {
    let mut s = stage();
    let (from, to) = (center(&s, IMPORT), center(&s, "stock export ready, unused"));
    drag(&mut s, from, to);
    assert_eq!(s.harness.output().platform_output.cursor_icon, egui::CursorIcon::NoDrop);
    // Why not, and which two ports: read out, and painted.
    let why = format!("Does not fit: `ready` is another interface than `{FRAUD}`");
    assert_eq!(said(&s), format!("{why}. stock · ready → checkout · {FRAUD}"));
    assert!(painted(&s).contains(&why), "{:?}", painted(&s));
    drop(&mut s, to);
    assert_eq!(said(&s), "");
    assert_eq!(last(&s), Intent::Cancelled);
    assert_eq!(s.harness.state().wires.len(), 3);
}

/// Rule 5: the canvas's part; the menu is tested with the workspace.
#[test]
fn a_wire_let_go_over_nothing_asks_what_fits() {
    let mut s = stage();
    let from = center(&s, IMPORT);
    let to = pos2(420.0, 560.0);
    drag(&mut s, from, to);
    drop(&mut s, to);
    assert!(matches!(last(&s), Intent::DropOnEmpty { side: Side::Import, .. }));
}

/// Rule 6.
#[test]
fn escape_and_the_secondary_button_take_a_drag_back() {
    for secondary in [false, true] {
        let mut s = stage();
        let (from, to) = (center(&s, IMPORT), center(&s, EXPORT));
        drag(&mut s, from, to);
        if secondary {
            let modifiers = Modifiers::NONE;
            s.harness.event(egui::Event::PointerButton {
                pos: to,
                button: PointerButton::Secondary,
                pressed: true,
                modifiers,
            });
        } else {
            s.harness.key_press(Key::Escape);
        }
        s.harness.run();
        assert_eq!(last(&s), Intent::Cancelled);
        drop(&mut s, to);
        assert!(!s.harness.state().log.iter().any(|i| matches!(i, Intent::Connect { .. })));
    }
}

/// Rule 7: dropped on nothing.
#[test]
fn a_wire_is_picked_up_by_its_end() {
    let mut s = stage();
    let from = center(&s, "checkout import techbytes:shop/stock@1.2.0, connected");
    let to = pos2(420.0, 560.0);
    drag(&mut s, from, to);
    assert_eq!(s.harness.state().canvas.linking().unwrap().0.instance, "stock", "the export stays");
    drop(&mut s, to);
    assert_eq!(last(&s), Intent::Disconnect(Port::new("checkout", STOCK)));
}

/// Rule 2.
#[test]
fn while_a_wire_is_drawn_what_fits_stands_out_and_the_rest_steps_back() {
    let mut s = stage();
    let ink = |s: &Stage<'_, Bench>| -> Vec<(String, egui::Color32)> {
        let mut inks = Vec::new();
        for clipped in &s.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| {
                if let egui::Shape::Text(text) = shape {
                    let color = text.galley.job.sections.first().map_or(text.fallback_color, |s| s.format.color);
                    inks.push((text.galley.text().to_owned(), color));
                }
            });
        }
        inks
    };
    let of = |inks: &[(String, egui::Color32)], text: &str| inks.iter().find(|(t, _)| t == text).unwrap().1;
    let ticks = |inks: &[(String, egui::Color32)]| inks.iter().filter(|(t, _)| t == icons::CHECK).count();
    let before = ink(&s);
    let (from, export) = (center(&s, IMPORT), center(&s, EXPORT));
    let mark = mark_at(&s, export);
    assert_eq!(ticks(&before), 0);
    for cancelled in [true, false] {
        s.harness.state_mut().waits = true;
        drag(&mut s, from, from - vec2(60.0, 0.0));
        let waiting = ink(&s);
        assert_eq!((ticks(&waiting), of(&waiting, "ready")), (0, of(&before, "ready")), "nothing is known yet");
        assert_eq!(mark_at(&s, export), mark);
        s.harness.state_mut().waits = false;
        s.harness.run();
        let during = ink(&s);
        assert_eq!(ticks(&during), 1, "the one port that fits has a tick");
        assert!(mark_at(&s, export) > mark + 4.0, "and a ring");
        let (dim, plain) = (of(&during, "ready"), of(&before, "ready"));
        assert!(dim.a() < plain.a(), "what does not fit is dimmed: {dim:?}, {plain:?}");
        if cancelled {
            s.harness.key_press(Key::Escape);
            s.harness.run();
        }
        drop(&mut s, from - vec2(60.0, 0.0));
        s.harness.remove_cursor();
        s.harness.run();
        let after = ink(&s);
        assert_eq!((ticks(&after), of(&after, "ready")), (0, plain));
        assert_eq!(mark_at(&s, export), mark);
    }
}

/// Rule 8.
#[test]
fn the_provider_that_would_be_replaced_is_named_before_release() {
    let mut s = stage();
    // A second export of what checkout takes from stock.
    let mut other = node("warehouse", "stock-rust", "Rust", "88 KiB", [72.0, 480.0]);
    other.exports = vec![port(STOCK, Family::Resource, PortShape::Resource, PortState::Unused)];
    s.harness.state_mut().nodes.push(other);
    s.harness.run();
    let from = center(&s, "warehouse export techbytes:shop/stock@1.2.0, unused");
    let to = center(&s, "checkout import techbytes:shop/stock@1.2.0, connected");
    drag(&mut s, from, to);
    assert_eq!(said(&s), format!("Fits, replaces stock. warehouse · {STOCK} → checkout · {STOCK}"));
    assert!(painted(&s).contains(&"Fits, replaces stock".to_owned()));
    drop(&mut s, to);
    let (from, to) = (Port::new("warehouse", STOCK), Port::new("checkout", STOCK));
    assert_eq!(last(&s), Intent::Connect { from, to });
}
