//! Nodes by the pointer: dragged, selected, and the marks on them.

use super::*;

#[test]
fn a_node_is_dragged_along_the_grid_and_takes_the_selection_with_it() {
    let mut s = stage();
    s.harness.get_by_label("rates, instance of rates-js, trapped").click();
    s.harness.run();
    let modifiers = Modifiers::SHIFT;
    let at = s.harness.get_by_label("stock, instance of stock-rust").rect().left_top() + vec2(40.0, 16.0);
    for pressed in [true, false] {
        s.harness.event_modifiers(egui::Event::PointerMoved(at), modifiers);
        s.harness.event_modifiers(
            egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        s.harness.step();
    }
    s.harness.run();
    let selected: Vec<_> = s.harness.state().nodes.iter().filter(|n| n.selected).map(|n| n.id.clone()).collect();
    assert_eq!(selected, ["stock", "rates"]);
    let zoom = s.harness.state().canvas.view().unwrap().zoom;
    drag(&mut s, at, at + vec2(31.0, 25.0) * zoom);
    drop(&mut s, at + vec2(31.0, 25.0) * zoom);
    let Intent::Move(layout) = last(&s) else { panic!("{:?}", last(&s)) };
    assert_eq!(layout.nodes, [("stock".to_owned(), [108.0, 204.0]), ("rates".to_owned(), [108.0, 372.0])]);
}

/// Rule 18; how keys change it is in `pointer`.
#[test]
fn a_marquee_selects_what_it_touches() {
    let mut s = stage();
    let a = s.harness.get_by_label("stock, instance of stock-rust").rect();
    let b = s.harness.get_by_label("rates, instance of rates-js, trapped").rect();
    drag(&mut s, a.left_top() - vec2(12.0, 4.0), b.center());
    drop(&mut s, b.center());
    let expected = vec!["stock".to_owned(), "rates".to_owned()];
    assert_eq!(last(&s), Intent::Select { instances: expected, mode: SelectMode::Replace });
}

/// Rule 14: the canvas's part.
#[test]
fn the_mark_of_missing_imports_leads_to_the_problem() {
    let mut s = stage();
    let node = s.harness.get_by_label("checkout, instance of checkout-rust, 2 unsatisfied imports").rect();
    let at = node.right_top() + vec2(-40.0, 0.0);
    s.harness.drag_at(at);
    s.harness.step();
    drop(&mut s, at);
    assert_eq!(last(&s), Intent::FocusProblem(vec!["checkout".to_owned()]));
}
