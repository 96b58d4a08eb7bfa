//! The keyboard alone: connecting, moving, walking, the view.

use super::*;

/// Rule 19.
#[test]
fn the_keyboard_alone_connects_and_names_what_it_does() {
    let mut s = stage();
    s.harness.get_by_label(IMPORT).focus();
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    assert!(s.harness.get_by_role(Role::Status).accesskit_node().label().unwrap().contains("1 of 1"));
    s.harness.key_press(Key::ArrowDown);
    s.harness.run();
    let said = s.harness.get_by_role(Role::Status).accesskit_node().label().unwrap();
    assert!(said.ends_with("with something new. Enter offers what fits"), "{said}");
    s.harness.key_press(Key::ArrowDown);
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    assert!(matches!(last(&s), Intent::Connect { .. }));
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 19: Escape.
#[test]
fn leaving_by_escape_connects_nothing() {
    let mut s = stage();
    s.harness.get_by_label(IMPORT).focus();
    s.harness.run();
    s.harness.key_press(Key::Enter);
    s.harness.run();
    s.harness.key_press(Key::Escape);
    s.harness.run();
    assert_eq!(last(&s), Intent::Cancelled);
    assert!(s.harness.state().canvas.linking().is_none());
}

/// Rule 20, and Delete of rule 18.
#[test]
fn arrow_keys_move_the_selection_and_say_so() {
    let mut s = stage();
    s.harness.get_by_label("stock, instance of stock-rust").click();
    s.harness.run();
    s.harness.key_press(Key::ArrowRight);
    s.harness.run();
    assert_eq!(last(&s), Intent::Move(Layout { nodes: vec![("stock".to_owned(), [84.0, 180.0])], frames: Vec::new() }));
    assert_eq!(s.harness.get_by_role(Role::Status).accesskit_node().label().unwrap(), "stock moved to 84, 180");
    s.harness.key_press(Key::Delete);
    s.harness.run();
    assert_eq!(last(&s), Intent::Delete);
}

#[test]
fn tab_walks_over_nodes_and_ports() {
    let mut s = stage();
    s.harness.get_by_label("fraud-go, instance of fraud-check-go, live").focus();
    s.harness.run();
    s.harness.key_press(Key::Tab);
    s.harness.run();
    assert!(s.harness.get_by_label("fraud-go import wasi:random/random@0.2.0, provided by the host").is_focused());
    assert!(s.harness.state().canvas.status().starts_with("fraud-go import"));
}

/// Rule 16: keys of the canvas's own.
#[test]
fn the_view_is_fitted_and_set_to_life_size_by_keys() {
    let mut s = stage();
    s.harness.state_mut().canvas.view = Some(View { offset: vec2(-4000.0, 0.0), zoom: 1.3 });
    s.harness.run();
    s.harness.get_by_label("Canvas, 5 instances, 3 wires").focus();
    s.harness.run();
    s.harness.key_press(Key::F);
    s.harness.run();
    let fitted = s.harness.state().canvas.view().unwrap();
    let bounds = Scene::new(bench().nodes, Vec::new()).bounds().unwrap();
    assert_eq!(fitted, View::fit(bounds, s.harness.state().canvas.size));
    // It stays fitted when the window takes another size.
    let room = s.harness.state().canvas.size;
    s.harness.set_size(vec2(700.0, 500.0));
    s.harness.run();
    let (view, size) = (s.harness.state().canvas.view().unwrap(), s.harness.state().canvas.size);
    assert_ne!(size, room);
    assert_eq!(view, View::fit(bounds, size));
    s.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    s.harness.run();
    assert_eq!(s.harness.state().canvas.view().unwrap().zoom, 1.0);
}

/// Rule 16: fitting an empty canvas does nothing.
#[test]
fn an_empty_canvas_takes_every_key_and_click() {
    let empty =
        Bench { nodes: Vec::new(), wires: Vec::new(), canvas: CanvasState::default(), log: Vec::new(), waits: false };
    let mut s = Stage::new([400.0, 300.0], Theme::Light, empty, ui);
    s.harness.run();
    s.harness.get_by_label("Canvas, 0 instances, 0 wires").click();
    s.harness.run();
    let before = s.harness.state().canvas.view();
    for key in [Key::F, Key::Enter, Key::Delete, Key::ArrowLeft, Key::Space, Key::Escape] {
        s.harness.key_press(key);
        s.harness.run();
    }
    assert_eq!(s.harness.state().canvas.view(), before);
}
