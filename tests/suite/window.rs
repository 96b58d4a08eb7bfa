//! The window as a person uses it, by role and name and without a display: the main job by pointer and by keyboard alone,
//! grants, cancelling, and what holds on every screen.

use crate::desk::Room;
use crate::support::{PATIENCE, sample_bytes};
use egui::accesskit::{Action, Role};
use egui::{Event, Key, Modifiers, Pos2, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use egui_kittest::{Harness, Node};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wirebench::call::Outcome;
use wirebench::component::Digest;
use wirebench::compose::Port;
use wirebench::diag::Severity;
use wirebench::project::{Target, Theme};
use wirebench::runner::InProcess;
use wirebench::session::{self, Env, Session};
use wirebench::ui::App;
use wirebench::value::{parse_wave_call, to_wave};

const CHECK: &str = "techbytes:payments/fraud-check";
const PROVIDED: &str =
    "fraud-check-rust export techbytes:payments/fraud-check, exported as fraud-check-rust-fraud-check";
const WANTED: &str = "checkout-rust import techbytes:payments/fraud-check, missing";

/// What an order for three packets of tea gets.
const ANSWER: &str = r#"ok({total-cents: 1350, note: "1 line(s); user alice: risk 0 is under the limit"})"#;

/// The window and its machine.
struct Window {
    harness: Harness<'static, App>,
    room: Arc<Room>,
    /// The pointer was never used.
    by_keyboard: bool,
}

impl Window {
    fn new() -> Self {
        Self::sized([1280.0, 800.0])
    }

    fn sized(size: [f32; 2]) -> Self {
        let room: Arc<Room> = Arc::default();
        let env = Arc::clone(&room) as Arc<dyn Env>;
        let harness = Harness::builder().with_size(size).with_max_steps(24).build_eframe(|creation| {
            let session = Session::new(env, Some(Box::new(InProcess::new())));
            App::new(&creation.egui_ctx, session, Vec::new())
        });
        let mut window = Self { harness, room, by_keyboard: false };
        window.settle();
        window
    }

    fn with_sample_project() -> Self {
        let mut window = Self::new();
        window.click(Role::Button, "Open sample project");
        window
    }

    fn with_sample(name: &str) -> Self {
        let mut window = Self::new();
        window.click(Role::Button, &format!("Open {name}"));
        window
    }

    fn session(&self) -> &Session {
        self.harness.state().session()
    }

    /// Draws frames until nothing is under way and nothing asks for another.
    fn settle(&mut self) {
        self.wait_for(|session| !session.is_busy() && session.running().is_none());
        self.harness.run();
    }

    /// Draws frames until the session is as wanted.
    fn wait_for(&mut self, wanted: impl Fn(&Session) -> bool) {
        let begun = Instant::now();
        self.harness.step();
        while !wanted(self.session()) {
            self.room.wait(Duration::from_millis(100));
            self.harness.step();
            assert!(begun.elapsed() < PATIENCE, "nothing happened: {}", self.tree());
        }
    }

    /// The tree that assistive technology sees, a line for each node.
    fn tree(&self) -> String {
        let mut out = String::new();
        self.each(|node, depth| {
            let value = node.value().map(|v| format!(" = {v}")).unwrap_or_default();
            let name = node.label().unwrap_or_default();
            let focus = if node.is_focused() { " (focus)" } else { "" };
            out.push_str(&format!("{:depth$}{:?} {name}{value}{focus}\n", "", node.role()));
        });
        out
    }

    fn each(&self, mut of: impl FnMut(&AccessKitNode<'_>, usize)) {
        fn walk(node: &AccessKitNode<'_>, depth: usize, of: &mut dyn FnMut(&AccessKitNode<'_>, usize)) {
            of(node, depth);
            node.children().for_each(|child| walk(&child, depth + 1, of));
        }
        walk(&self.harness.root().accesskit_node(), 0, &mut of);
    }

    fn has(&self, text: &str) -> bool {
        let mut has = false;
        self.each(|node, _| has |= node.label().or_else(|| node.value()).is_some_and(|t| t.contains(text)));
        has
    }

    #[track_caller]
    fn expect(&self, text: &str) {
        assert!(self.has(text), "{text:?} is not there:\n{}", self.tree());
    }

    #[track_caller]
    fn node<'a>(&'a self, role: Role, name: &'a str) -> Node<'a> {
        let mut all: Vec<_> = self.harness.query_all_by_role_and_label(role, name).collect();
        assert_eq!(all.len(), 1, "{role:?} {name:?} in\n{}", self.tree());
        all.remove(0)
    }

    fn outcome(&self) -> &Outcome {
        self.session().runs().back().and_then(|r| r.outcome()).expect("a finished call")
    }

    fn returned(&self) -> String {
        match self.outcome() {
            Outcome::Returned(Some(value)) => to_wave(value),
            other => panic!("{other:?}"),
        }
    }

    fn wires(&self) -> Vec<(Port, Port)> {
        self.session().document().composition.wires.clone().into_iter().collect()
    }

    // ---- the pointer ----

    #[track_caller]
    fn click(&mut self, role: Role, name: &str) {
        assert!(!self.by_keyboard);
        self.node(role, name).click();
        self.settle();
    }

    #[track_caller]
    fn drag(&mut self, from: Pos2, to: Pos2) {
        assert!(!self.by_keyboard);
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        for i in 1_u8..=4 {
            self.harness.hover_at(from.lerp(to, f32::from(i) / 4.0));
        }
        self.harness.drop_at(to);
        self.settle();
    }

    /// Turns the wheel over a field.
    fn scroll(&mut self, name: &str, by: f32) {
        self.node(Role::TextInput, name).hover();
        self.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, by),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        self.settle();
    }

    #[track_caller]
    fn at(&self, name: &str) -> Pos2 {
        self.node(Role::GraphicsSymbol, name).rect().center()
    }

    #[track_caller]
    fn wire_up(&mut self) {
        self.drag(self.at(PROVIDED), self.at(WANTED));
        let (to, from) = (Port::new("checkout-rust", CHECK), Port::new("fraud-check-rust", CHECK));
        assert_eq!(self.wires(), [(to, from)]);
    }

    // ---- keys ----

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn key(&mut self, key: Key) {
        self.press(Modifiers::NONE, key);
    }

    fn command(&mut self, key: Key) {
        self.press(Modifiers::COMMAND, key);
    }

    /// Types over what is in the field that has the focus.
    fn write(&mut self, text: &str) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.event(Event::Text(text.into()));
        self.settle();
    }

    /// Role and name of what has the focus.
    fn focused(&self) -> (Role, String) {
        let mut found = None;
        self.each(|node, _| {
            if node.is_focused() {
                found = Some((node.role(), node.label().unwrap_or_default()));
            }
        });
        found.expect("a focus")
    }

    /// Goes on with Tab until this has the focus.
    #[track_caller]
    fn tab_to(&mut self, role: Role, name: &str) {
        for _ in 0..80 {
            if self.focused() == (role, name.into()) {
                return;
            }
            self.key(Key::Tab);
        }
        panic!("{role:?} {name:?} cannot be reached:\n{}", self.tree());
    }

    #[track_caller]
    fn fill(&mut self, name: &str, text: &str) {
        if self.by_keyboard {
            self.tab_to(Role::TextInput, name);
        } else {
            self.click(Role::TextInput, name);
        }
        self.write(text);
    }

    /// The tab that is on in this bar of tabs.
    fn selected_tab(&self, bar: &str) -> String {
        let bar = self.harness.get_by_role_and_label(Role::TabList, bar).accesskit_node().bounding_box();
        let of_bar = |node: &Node<'_>| {
            let (tab, bar) = (node.accesskit_node().bounding_box(), bar);
            tab.zip(bar).is_some_and(|(tab, bar)| tab.y0 >= bar.y0 - 1.0 && tab.y1 <= bar.y1 + 1.0)
        };
        let mut tabs = self.harness.get_all_by_role(Role::Tab);
        let on = tabs.find(|n| n.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True) && of_bar(n));
        on.and_then(|n| n.accesskit_node().label()).expect("a tab that is on")
    }

    fn palette(&mut self, text: &str) {
        self.command(Key::K);
        assert_eq!(self.focused().0, Role::SearchInput, "{}", self.tree());
        self.write(text);
        self.key(Key::Enter);
    }
}

#[test]
fn the_main_job_by_pointer() {
    let mut w = Window::with_sample_project();
    w.click(Role::Tab, "Problems");
    w.expect("fraud-check");
    w.wire_up();
    assert!(w.session().problems().iter().all(|p| p.severity == Severity::Info), "{:?}", w.session().problems());
    w.expect("2 notes");

    w.click(Role::Tab, "Invoke");
    w.click(Role::ListItem, "place");
    w.fill("user-id", "alice");
    w.click(Role::Button, "Add item to cart");
    w.fill("cart[0].sku", "tea");
    w.scroll("cart[0].sku", -400.0);
    w.fill("cart[0].quantity", "3");
    w.fill("cart[0].unit-cents", "450");
    w.click(Role::Button, "Run call");
    assert_eq!(w.returned(), ANSWER);
    w.expect("ok: The function returned");
    w.expect("total-cents: 1350");
    let figure = w.harness.get_by_role(Role::Figure).accesskit_node().label().expect("timings");
    for phase in ["compile", "instantiate", "call"] {
        assert!(figure.contains(phase), "{figure}");
    }

    w.click(Role::Button, "Payments • menu");
    w.click(Role::MenuItem, "Compose…");
    w.fill("Write composed component to", "/shop.wasm");
    w.click(Role::Button, "Compose");
    let written = w.room.memory.get("/shop.wasm").expect("a file");
    let composed = w.session().composed().expect("a composition");
    assert_eq!(written, &*composed.component.bytes);
    assert!(w.session().library().contains_key(&Digest::of(&written)));
    w.node(Role::ListItem, "shop");
    w.click(Role::Tab, "History");
    w.expect(r#"place("alice", [{sku: "tea", quantity: 3, unit-cents: 450}])"#);
}

#[test]
fn the_main_job_by_keyboard_alone() {
    let mut w = Window::new();
    w.by_keyboard = true;
    w.tab_to(Role::Button, "Open sample project");
    w.key(Key::Enter);
    w.command(Key::Num9);
    assert_eq!(w.focused(), (Role::Tab, "Problems".into()));
    w.key(Key::Tab);
    w.key(Key::Enter);
    assert_eq!(w.focused(), (Role::GraphicsSymbol, WANTED.into()), "{}", w.tree());
    w.key(Key::Enter);
    for _ in 0..2 {
        if !w.has("Connect fraud-check of checkout-rust with fraud-check of fraud-check-rust") {
            w.key(Key::ArrowDown);
        }
    }
    w.expect("Connect fraud-check of checkout-rust with fraud-check of fraud-check-rust");
    w.key(Key::Enter);
    assert_eq!(w.wires(), [(Port::new("checkout-rust", CHECK), Port::new("fraud-check-rust", CHECK))]);
    w.expect("2 notes");

    w.command(Key::Num5);
    w.tab_to(Role::ListItem, "place");
    w.key(Key::Enter);
    w.fill("user-id", "alice");
    w.tab_to(Role::Button, "Add item to cart");
    w.key(Key::Enter);
    w.fill("cart[0].sku", "tea");
    w.fill("cart[0].quantity", "3");
    w.fill("cart[0].unit-cents", "450");
    let (field, button) = (w.node(Role::TextInput, "cart[0].unit-cents"), w.node(Role::Button, "Run call"));
    assert!(field.rect().bottom() <= button.rect().top(), "the focus is in view: {:?}", field.rect());
    w.command(Key::Enter);
    assert_eq!(w.returned(), ANSWER);
    w.tab_to(Role::TreeItem, "result.ok.total-cents: 1350");

    w.command(Key::E);
    w.key(Key::Escape);
    assert_eq!(w.focused(), (Role::TreeItem, "result.ok.total-cents: 1350".into()), "focus returns to where it was");
    w.command(Key::E);
    assert_eq!(w.focused(), (Role::TextInput, "Write composed component to".into()));
    w.write("/shop.wasm");
    w.key(Key::Enter);
    let written = w.room.memory.get("/shop.wasm").expect("a file");
    assert!(w.session().library().contains_key(&Digest::of(&written)));
}

#[test]
fn components_are_placed_by_keyboard() {
    let mut w = Window::with_sample("adder-wat");
    w.by_keyboard = true;
    w.tab_to(Role::ListItem, "adder-wat");
    w.key(Key::Enter);
    assert_eq!(w.session().document().composition.instances.len(), 1);
    w.palette("place adder-wat");
    assert_eq!(w.session().document().composition.instances.len(), 2);
    w.palette("select instance adder-wat-2");
    assert_eq!(
        w.focused(),
        (Role::GraphicsObject, "adder-wat-2, instance of adder-wat · 2 of 2".into()),
        "{}",
        w.tree()
    );
    w.key(Key::Delete);
    assert_eq!(w.session().document().composition.instances.len(), 1);
}

#[test]
fn a_component_is_chosen_and_placed_by_its_keys_from_anywhere() {
    let mut window = Window::new();
    // On the start screen, where nothing is open.
    window.command(Key::P);
    window.write("checkout");
    window.key(Key::Enter);
    window.wait_for(|s| s.document().composition.instances.contains_key("checkout-rust"));
    // From the other workspace, into the list, and out of the palette.
    window.press(Modifiers::ALT, Key::Num2);
    window.command(Key::L);
    window.palette("place component");
    window.write("fraud-check-c");
    window.key(Key::Enter);
    window.wait_for(|s| s.document().composition.instances.contains_key("fraud-check-c"));
    window.command(Key::P);
    window.key(Key::Escape);
    assert_eq!(window.session().document().composition.instances.len(), 2);
    assert_eq!(window.session().undo_label(), Some("Place component"));
}

#[test]
fn the_selected_instance_is_replaced_from_the_palette() {
    let mut window = Window::with_sample_project();
    window.palette("select instance fraud-check-c");
    window.palette("replace by");
    window.write("fraud-check-rust");
    window.key(Key::Enter);
    let document = window.session().document();
    let of = |name: &str| document.composition.instances[name].component;
    let found = document.composition.instances.keys().filter(|n| of(n) == of("fraud-check-rust")).count();
    assert_eq!((found, document.composition.instances.len()), (2, 4), "{}", window.tree());
}

#[test]
fn leaving_the_choice_on_the_start_screen_goes_back_to_it() {
    let mut window = Window::new();
    window.command(Key::P);
    assert!(!window.has("Open sample project"));
    window.key(Key::Escape);
    window.expect("Open sample project");
}

#[test]
fn nodes_go_from_window_to_window_through_the_clipboard() {
    let mut from = Window::with_sample_project();
    from.palette("select instance fraud-check-js");
    from.harness.event(Event::Copy);
    from.harness.step();
    let copied = from.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.expect("something copied");

    let mut to = Window::with_sample("fraud-check-js");
    to.harness.event(Event::Paste(copied.clone()));
    to.settle();
    assert_eq!(to.session().document().composition.instances.len(), 1);
    to.node(Role::GraphicsObject, "fraud-check-js, instance of fraud-check-js");
    to.harness.event(Event::Cut);
    to.settle();
    assert!(to.session().document().composition.instances.is_empty());
    // In a field, pasting is typing.
    from.click(Role::SearchInput, "Search components");
    from.harness.event(Event::Paste(copied));
    from.settle();
    assert_eq!(from.session().document().composition.instances.len(), 4);
}

#[test]
fn a_frame_is_made_named_moved_with_its_nodes_and_removed_by_keyboard() {
    let mut w = Window::with_sample_project();
    w.by_keyboard = true;
    w.palette("select instance fraud-check-js");
    w.palette("frame selection");
    assert_eq!(w.focused(), (Role::TextInput, "Title of the frame".into()));
    w.write("Checks");
    w.key(Key::Enter);
    let frames = |w: &Window| w.session().document().frames.clone();
    assert_eq!(frames(&w).keys().collect::<Vec<_>>(), ["Checks"]);
    let layout = |w: &Window| w.session().document().layout.clone();
    let (before, nodes) = (frames(&w)["Checks"].clone(), layout(&w));
    w.node(Role::GraphicsObject, "frame Checks, 1 instance").focus();
    w.settle();
    w.key(Key::ArrowRight);
    w.key(Key::ArrowRight);
    let after = frames(&w)["Checks"].clone();
    assert_eq!(after.at, [before.at[0] + 24.0, before.at[1]]);
    assert_eq!(layout(&w)["fraud-check-js"][0], nodes["fraud-check-js"][0] + 24.0, "what lies in it moves along");
    assert_eq!(layout(&w)["fraud-check-c"], nodes["fraud-check-c"]);
    // Each press ends a gesture: two steps, and the nodes come back with the frame.
    w.command(Key::Z);
    w.command(Key::Z);
    assert_eq!((frames(&w)["Checks"].clone(), layout(&w)), (before, nodes));
    w.key(Key::F2);
    w.write("Fraud");
    w.key(Key::Enter);
    w.node(Role::GraphicsObject, "frame Fraud, 1 instance").focus();
    w.settle();
    w.key(Key::Delete);
    assert!(frames(&w).is_empty());
    assert_eq!(w.session().document().composition.instances.len(), 4, "what lay in it stays");
    assert_eq!(w.session().undo_label(), Some("Remove frame Fraud"));
}

#[test]
fn a_frame_is_dragged_by_its_title_with_the_nodes_in_it() {
    let mut w = Window::with_sample_project();
    w.command(Key::A);
    w.palette("frame selection");
    w.key(Key::Enter);
    w.command(Key::Num1);
    let name = "frame Frame, 4 instances";
    let head = w.node(Role::GraphicsObject, name).rect();
    let before = w.session().document().clone();
    let from = head.left_center() + egui::vec2(40.0, 0.0);
    w.drag(from, from + egui::vec2(60.0, 36.0));
    let after = w.session().document();
    let moved = |a: [f32; 2], b: [f32; 2]| [b[0] - a[0], b[1] - a[1]];
    let by = moved(before.frames["Frame"].at, after.frames["Frame"].at);
    assert!(by[0] > 24.0 && by[1] > 12.0, "{by:?}");
    for (name, at) in &before.layout {
        let of_node = moved(*at, after.layout[name]);
        assert!((0..2).all(|i| (of_node[i] - by[i]).abs() < 0.01), "{name}: {of_node:?}, not {by:?}");
    }
    w.node(Role::GraphicsObject, name);
    w.command(Key::Z);
    assert_eq!(w.session().document(), &before, "one step");
}

#[test]
fn selected_nodes_are_lined_up_from_the_palette_and_the_menu() {
    let mut w = Window::with_sample_project();
    w.command(Key::A);
    w.palette("align right");
    let lefts = |w: &Window| w.session().document().layout.values().map(|at| at[0]).collect::<Vec<_>>();
    let after = lefts(&w);
    assert_ne!(after, [520.0, 80.0, 80.0, 80.0]);
    assert_eq!(w.session().undo_label(), Some("Align right"));
    w.command(Key::Z);
    assert_eq!(lefts(&w), [520.0, 80.0, 80.0, 80.0], "one step");
    w.click(Role::Button, "Edit menu");
    w.click(Role::MenuItem, "Align left");
    assert_eq!(lefts(&w), [80.0; 4]);
    w.palette("select instance checkout-rust");
    w.click(Role::Button, "Edit menu");
    assert!(w.node(Role::MenuItem, "Align left").accesskit_node().is_disabled());
}

#[test]
fn the_palette_finds_what_stands_in_files_and_goes_there() {
    let mut w = Window::with_sample("toolbox-rust");
    w.command(Key::K);
    w.write("counter.incr");
    w.settle();
    w.expect("In what is open");
    w.key(Key::ArrowDown);
    w.key(Key::Enter);
    assert!(w.has("Go back"), "{}", w.tree());
    assert_eq!(w.selected_tab("Inspect"), "Types");
    w.command(Key::K);
    w.write("no such thing anywhere");
    w.settle();
    w.expect("Nothing has that name");
    w.key(Key::Escape);
    w.harness.key_press_modifiers(Modifiers::ALT, Key::Num1);
    w.settle();
    assert!(!w.has("Go back"), "{}", w.tree());
}

#[test]
fn an_import_names_who_can_satisfy_it_and_leads_there() {
    let mut w = Window::with_sample_project();
    w.palette("select instance checkout-rust");
    w.harness.key_press_modifiers(Modifiers::ALT, Key::Num2);
    w.settle();
    w.click(Role::Tab, "Types");
    w.click(Role::TreeItem, "fraud-check, techbytes:payments");
    w.expect("Who can satisfy it");
    w.click(Role::ListItem, "fraud-check-c, fits");
    let selected = w.session().selection().clone();
    let wirebench::session::Selection::Component(digest) = selected else { panic!("{selected:?}") };
    assert_eq!(w.session().component(&digest).unwrap().name, "fraud-check-c");
    assert_eq!(w.selected_tab("Inspect"), "Types");
    w.click(Role::Button, "Go back");
    w.expect("Who can satisfy it");
}

#[test]
fn the_component_that_is_selected_is_the_one_to_call() {
    let mut w = Window::with_sample("adder-wat");
    w.node(Role::ListItem, "add");
    w.palette("open sample loop");
    w.node(Role::ListItem, "spin");
    w.click(Role::ListItem, "adder-wat");
    w.node(Role::ListItem, "add");
    w.palette("call count-to of loop");
    w.node(Role::ListItem, "spin");
    assert!(w.has("count-to"));
}

#[test]
fn an_endless_call_is_cancelled_while_the_window_goes_on() {
    let mut w = Window::with_sample("loop-wat");
    w.click(Role::ListItem, "spin");
    w.node(Role::Button, "Run call").click();
    w.wait_for(|s| s.running().is_some_and(|r| r.phase == Some(wirebench::measure::Phase::Call)));
    let begun = w.session().now_nanos();
    for _ in 0..20 {
        w.harness.step();
    }
    assert!(w.session().now_nanos() > begun && w.session().running().is_some());
    w.node(Role::Button, "Cancel").click();
    w.settle();
    assert_eq!(w.outcome(), &Outcome::Cancelled);
    w.expect("cancelled");
    w.node(Role::Button, "Run call");
}

#[test]
fn the_smallest_window_shows_what_it_takes() {
    let mut w = Window::sized([860.0, 560.0]);
    w.palette("open sample ledger");
    w.palette("call now of ledger");
    w.click(Role::Button, "Run call");
    let window = egui::Rect::from_min_size(Pos2::ZERO, egui::vec2(860.0, 560.0));
    for (role, name) in [(Role::Tab, "Problems"), (Role::Button, "Run"), (Role::Button, "Run call")] {
        assert!(window.contains_rect(w.node(role, name).rect()), "{name}");
    }
    w.node(Role::Button, "Go to grant: clocks").focus();
    w.settle();
    w.click(Role::Button, "Go to grant: clocks");
    w.click(Role::CheckBox, "Grant Clocks");
}

#[test]
fn a_refused_access_leads_to_its_grant() {
    let mut w = Window::with_sample("ledger-rust");
    w.click(Role::ListItem, "now");
    w.click(Role::Button, "Run call");
    let Outcome::Denied(denial) = w.outcome() else { panic!("{:?}", w.outcome()) };
    let (interface, function) = (denial.interface.clone(), denial.function.clone());
    assert!(interface.starts_with("wasi:clocks/wall-clock@") && function == "now", "{interface} {function}");
    w.expect(&format!("denied: ledger-rust called now of {interface}, which is not granted"));
    w.click(Role::Button, "Go to grant: clocks");
    w.expect("refused 1× in the last run");
    w.click(Role::CheckBox, "Grant Clocks");
    w.click(Role::Button, "Run call");
    assert!(w.returned().parse::<u64>().expect("a time") > 1_600_000_000_000);
    assert!(!w.has("in the last run"));
    w.command(Key::Z);
    w.click(Role::Button, "Run call");
    assert!(matches!(w.outcome(), Outcome::Denied(_)), "undone: {:?}", w.outcome());
}

impl Window {
    /// Everything that can be activated or focused has a role and a name.
    #[track_caller]
    fn expect_names(&self) {
        let mut unnamed = Vec::new();
        self.each(|node, _| {
            let acts = [Action::Click, Action::Focus].into_iter().any(|a| node.data().supports_action(a));
            let is_plain = matches!(node.role(), Role::GenericContainer | Role::Unknown);
            // What a label says is its name.
            let name = node.label().or_else(|| node.value().filter(|_| node.role() == Role::Label));
            let has_name = name.is_some_and(|name| !name.trim().is_empty());
            // egui gives the window and scroll bars a role and no name.
            let is_eguis = matches!(node.role(), Role::Window | Role::ScrollBar);
            if acts && !is_eguis && (is_plain || !has_name) {
                unnamed.push(format!("{:?} {:?}", node.role(), node.label()));
            }
        });
        assert!(unnamed.is_empty(), "{unnamed:?} in\n{}", self.tree());
    }
}

#[test]
fn everything_has_a_name_for_assistive_technology() {
    let mut w = Window::new();
    w.expect_names();
    w.command(Key::K);
    w.expect_names();
    w.key(Key::Escape);
    w.click(Role::Button, "Open sample project");
    w.wire_up();
    w.click(Role::Button, "Add item to cart");
    w.click(Role::Button, "Run call");
    for tab in ["Output", "History", "Access log", "Problems", "Invoke"] {
        w.click(Role::Tab, tab);
        w.expect_names();
    }
    w.palette("select instance checkout-rust");
    for tab in ["Interface", "WIT", "Grants", "Overview"] {
        w.click(Role::Tab, tab);
        w.expect_names();
    }
    for menu in ["Payments • menu", "Edit menu", "View menu"] {
        w.click(Role::Button, menu);
        w.expect_names();
        w.key(Key::Escape);
    }
    w.command(Key::O);
    w.expect_names();
    w.key(Key::Escape);
    for (name, instance) in w.session().document().composition.instances.clone() {
        let component = Arc::clone(&w.session().library()[&instance.component]);
        w.expect(&format!("{name}, instance of"));
        component.imports.iter().for_each(|i| w.expect(&format!("{name} import {}", i.name)));
        component.exports.iter().for_each(|e| w.expect(&format!("{name} export {}", e.name)));
    }
    w.expect("wire from fraud-check-rust techbytes:payments/fraud-check to checkout-rust");
    assert!(!w.close());
    w.settle();
    w.expect_names();
}

#[test]
fn empty_panels_say_what_belongs_there() {
    let mut w = Window::with_sample("adder-wat");
    w.expect("Drag components or samples from the library onto the canvas to wire them");
    w.expect("The result and its timings will stand here");
    for (tab, sentence) in [
        ("Output", "What a guest writes to its output will stand here"),
        ("History", "Calls will be listed here, with their inputs"),
        ("Access log", "Run a function to see what it asks for outside"),
        ("Problems", "Nothing is wrong with this composition"),
        ("Taps", "Tap a wire to see every call that crosses it, with arguments, result and time"),
    ] {
        w.click(Role::Tab, tab);
        w.expect(sentence);
    }
    w.click(Role::SearchInput, "Search components");
    w.write("zzz");
    w.expect("No component has that name");
    w.command(Key::K);
    w.write("zzz");
    w.expect("Nothing has that name");
}

#[test]
fn the_theme_is_switched() {
    let mut w = Window::with_sample_project();
    let is_dark = |w: &Window| w.harness.ctx.global_style().visuals.dark_mode;
    assert!(is_dark(&w));
    w.click(Role::Button, "Switch between dark and light");
    assert!(!is_dark(&w));
    assert_eq!(w.session().preferences().theme, Theme::Light);
    w.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    assert!(is_dark(&w));
}

#[test]
fn what_is_typed_is_undone_where_it_was_typed() {
    let mut w = Window::with_sample_project();
    w.wire_up();
    w.fill("user-id", "alice");
    w.command(Key::Z);
    assert_eq!(w.wires().len(), 1, "the wire is not what was typed last");
    w.click(Role::Tab, "Problems");
    assert_eq!(w.session().undo_label(), Some("Edit arguments"));
    w.command(Key::Z);
    assert_eq!(w.wires().len(), 1);
    w.click(Role::Tab, "Invoke");
    assert_eq!(w.node(Role::TextInput, "user-id").value().as_deref(), Some(""));
    w.click(Role::Tab, "Problems");
    w.command(Key::Z);
    assert_eq!(w.wires().len(), 0);
    w.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(w.wires().len(), 1);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("only its path is asked for".into())
    }
}

#[test]
fn a_dropped_file_that_is_none_of_ours_is_named() {
    let mut w = Window::new();
    w.room.memory.put("/home/holiday.jpg", *b"\xff\xd8\xff\xe0 not ours");
    w.harness.input_mut().dropped_files.push(Arc::new(Dropped("/home/holiday.jpg".into())));
    w.settle();
    w.expect("holiday.jpg");
    assert!(w.session().library().is_empty());
    w.click(Role::Button, "Dismiss notice");
    assert!(!w.has("holiday.jpg"));
}

impl Window {
    /// Asks the window to close; whether it would.
    fn close(&mut self) -> bool {
        let viewport = self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        viewport.events.push(ViewportEvent::Close);
        self.harness.step();
        self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
        !self.commands().contains(&ViewportCommand::CancelClose)
    }

    fn commands(&self) -> Vec<ViewportCommand> {
        self.harness.output().viewport_output[&ViewportId::ROOT].commands.clone()
    }
}

#[test]
fn closing_with_unsaved_work_asks() {
    let mut w = Window::with_sample_project();
    assert!(w.close(), "nothing is unsaved yet");
    let mut w = Window::with_sample_project();
    w.wire_up();
    assert!(!w.close());
    w.settle();
    w.expect("Save before closing?");
    assert_eq!(w.focused(), (Role::Button, "Save…".into()));
    w.key(Key::Escape);
    assert!(!w.has("Save before closing?"));
    assert!(!w.close());
    w.settle();
    w.key(Key::Enter);
    w.fill("Save project as", "/shop.wirebench.json");
    w.harness.key_press(Key::Enter);
    w.harness.step();
    w.settle();
    assert!(w.room.memory.get("/shop.wirebench.json").is_some());
    assert!(w.close(), "all is saved");
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let idle = |w: &mut Window, screen: &str| {
        w.harness.remove_cursor();
        w.settle();
        assert!(w.harness.run() <= 2, "{screen}: it was settled");
        let delay = w.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
        assert!(
            delay > Duration::from_secs(1),
            "{screen}: again in {delay:?} for {:?}",
            w.harness.ctx.repaint_causes()
        );
    };
    let mut w = Window::new();
    idle(&mut w, "welcome");
    w.click(Role::Button, "Open sample project");
    w.wire_up();
    idle(&mut w, "sample project");
    for tab in ["Output", "History", "Access log", "Problems", "Invoke"] {
        w.click(Role::Tab, tab);
        idle(&mut w, tab);
    }
}

impl Window {
    /// Two samples open, of which the library shows a row each.
    fn with_two_samples() -> Self {
        let mut w = Self::with_sample("adder-wat");
        w.click(Role::ListItem, "toolbox-rust");
        w
    }

    fn row(&self, name: &str) -> Pos2 {
        self.node(Role::ListItem, name).rect().center()
    }
}

#[test]
fn one_library_row_dropped_on_another_compares_both() {
    let mut w = Window::with_two_samples();
    let (from, to) = (w.row("toolbox-rust"), w.row("adder-wat"));
    w.harness.hover_at(from);
    w.harness.drag_at(from);
    w.harness.hover_at(from.lerp(to, 0.5));
    w.harness.run();
    w.harness.hover_at(to);
    w.harness.run();
    w.expect("Compare: adder-wat before, toolbox-rust after");
    w.harness.drop_at(to);
    w.settle();
    w.expect("Warning: Major. Breaking");
    w.expect("add, gone");
    assert!(w.session().document().composition.instances.is_empty(), "nothing is placed");
    w.click(Role::Button, "Swap before and after");
    w.expect("add, new");
    // The way back is kept.
    w.press(Modifiers::ALT, Key::ArrowLeft);
    w.expect("add, gone");
}

#[test]
fn a_file_dropped_on_a_library_row_or_a_comparison_is_compared() {
    let mut w = Window::with_sample("adder-wat");
    let file = |w: &mut Window, name: &str, at: Pos2| {
        let path = format!("/home/{name}.wasm");
        w.room.memory.put(&path, crate::support::sample_bytes(&format!("{name}.wasm")).to_vec());
        w.harness.hover_at(at);
        w.harness.run();
        w.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.into())));
        w.settle();
        w.settle();
    };
    let at = w.row("adder-wat");
    file(&mut w, "trap-wat", at);
    w.expect("add, gone");
    w.expect("After");
    let view = w.node(Role::Button, "Copy as text").rect().center();
    file(&mut w, "loop-wat", view);
    w.expect("techbytes:mischief/loop, new");
    // Elsewhere it is only opened.
    w.click(Role::RadioButton, "Wire");
    file(&mut w, "hog-wat", egui::pos2(640.0, 200.0));
    assert_eq!(w.session().library().len(), 4);
    assert!(!w.has("techbytes:mischief/loop, new"));
}

#[test]
fn what_is_selected_is_placed_shared_and_edited_as_a_copy_from_the_palette() {
    let mut w = Window::new();
    let bytes = sample_bytes("shop-composed.wasm");
    w.harness.state_mut().ask(session::Command::OpenBytes("shop-composed.wasm".to_owned(), bytes));
    w.settle();
    w.palette("Place on canvas");
    assert!(w.session().document().composition.instances.contains_key("shop-composed"));
    w.palette("Undo");
    let whole = w.session().library().values().find(|c| c.name == "shop-composed").unwrap().digest;
    w.harness.state_mut().ask(session::Command::Select(session::Selection::Component(whole)));
    w.settle();
    w.palette("Edit a copy");
    assert!(w.session().document().composition.instances.len() > 1, "{:?}", w.session().notices());
    w.harness.state_mut().ask(session::Command::Select(session::Selection::Component(whole)));
    w.settle();
    w.palette("Share interface");
    w.write("/shop.html");
    w.key(Key::Enter);
    w.settle();
    let page = w.room.memory.get("/shop.html").expect("the page is written");
    assert!(String::from_utf8_lossy(&page).contains("techbytes:orders/checkout"));
}

#[test]
fn what_is_selected_is_compared_from_the_palette() {
    let mut w = Window::with_two_samples();
    w.command(Key::K);
    w.write("Compare with");
    w.key(Key::Enter);
    w.click(Role::ListItem, "Compare with adder-wat");
    w.expect("Warning: Major. Breaking");
}

#[test]
fn a_file_that_changes_on_disk_is_offered_again() {
    let mut w = Window::new();
    for file in ["fraud-check-c.wasm", "checkout-rust.wasm"] {
        w.room.memory.put(PathBuf::from("/shop").join(file), &*sample_bytes(file));
        w.harness.state_mut().ask(session::Command::Open(vec![PathBuf::from("/shop").join(file)]));
        w.settle();
    }
    w.palette("Place fraud-check-c on the canvas");
    w.palette("Place checkout-rust on the canvas");
    w.palette("Auto-wire");
    w.click(Role::Button, "Connect 1 wire");
    assert_eq!(w.wires().len(), 1);
    w.command(Key::Num9);

    let come_back = |w: &mut Window, bytes: &[u8]| {
        w.room.memory.put("/shop/fraud-check-c.wasm", bytes);
        w.harness.event(Event::WindowFocused(false));
        w.settle();
        w.harness.event(Event::WindowFocused(true));
        w.settle();
    };
    let old = w.session().document().composition.instances["fraud-check-c"].component;
    come_back(&mut w, &sample_bytes("fraud-check-zig.wasm"));
    w.expect("fraud-check-c.wasm has changed on disk");
    w.expect("Reload replaces 1 instance");
    w.click(Role::Button, "Keep");
    assert!(!w.has("has changed on disk"));
    assert_eq!(w.session().document().composition.instances["fraud-check-c"].component, old);

    come_back(&mut w, &sample_bytes("adder-wat.wasm"));
    w.click(Role::Button, "Reload");
    assert!(!w.has("has changed on disk"));
    w.expect("the port of 1 wire is gone");
    assert_eq!(w.wires().len(), 1, "the wire is still there");
    w.expect("has no export techbytes:payments/fraud-check");
    w.command(Key::Z);
    assert_eq!(w.session().document().composition.instances["fraud-check-c"].component, old);
    w.expect("no problems");
}

#[test]
fn wac_source_that_is_dropped_becomes_the_graph() {
    let mut w = Window::new();
    let source =
        "package my:shop;\nlet check = new acme:check {};\nlet shop = new acme:checkout { ...check };\nexport shop...;";
    w.room.memory.put("/home/shop.wac", source);
    for (name, file) in [("check", "fraud-check-c.wasm"), ("checkout", "checkout-rust.wasm")] {
        w.room.memory.put(format!("/home/deps/acme/{name}.wasm"), crate::support::sample_bytes(file).to_vec());
    }
    w.harness.input_mut().dropped_files.push(Arc::new(Dropped("/home/shop.wac".into())));
    w.settle();
    w.expect("check export techbytes:payments/fraud-check, connected");
    assert_eq!(w.wires().len(), 1);
    assert_eq!(w.session().document().name, "shop");
    w.expect("shop \u{2022} menu");
    // One with a fault is refused with its place, and the graph stays.
    w.room.memory.put("/home/faulty.wac", "package a:b;\nlet x = y;");
    w.harness.input_mut().dropped_files.push(Arc::new(Dropped("/home/faulty.wac".into())));
    w.settle();
    w.expect("faulty.wac was not opened: Line 2, column 9: There is no “y” before this");
    assert_eq!(w.wires().len(), 1);
}

#[test]
fn the_graph_is_exported_from_the_project_menu_in_the_form_that_is_chosen() {
    let mut w = Window::with_sample_project();
    w.click(Role::Button, "Payments menu");
    w.click(Role::MenuItem, "Export graph as…");
    let path = |w: &Window| w.node(Role::TextInput, "Export graph as").value().unwrap_or_default();
    assert!(path(&w).ends_with("payments.svg"), "{}", path(&w));
    w.expect("SVG");
    w.click(Role::RadioButton, "WAC");
    assert!(path(&w).ends_with("payments.wac"), "{}", path(&w));
    w.click(Role::RadioButton, "PNG");
    let to = path(&w);
    w.click(Role::Button, "Export");
    let picture = w.room.memory.get(&to).unwrap_or_else(|| panic!("{to} was not written"));
    assert!(picture.starts_with(b"\x89PNG"));
    w.expect("Saved payments.png");
}

#[test]
fn a_wire_is_tapped_by_keyboard_and_its_calls_are_listed() {
    let mut w = Window::with_sample_project();
    w.click(Role::Tab, "Taps");
    w.expect("Tap a wire to see every call that crosses it");
    w.node(Role::Button, "Auto-wire…");
    w.wire_up();
    w.node(Role::Button, "Tap all wires");
    w.command(Key::T);
    assert!(w.session().document().composition.taps.is_empty(), "no wire is selected yet");
    let wire = format!("wire from fraud-check-rust {CHECK} to checkout-rust {CHECK}");
    w.tab_to(Role::GraphicsSymbol, &wire);
    w.key(Key::Enter);
    w.node(Role::Button, "Tap the selected wire");
    w.command(Key::T);
    let to = Port::new("checkout-rust", CHECK);
    assert_eq!(w.session().document().composition.taps.iter().collect::<Vec<_>>(), [&to]);
    w.node(Role::GraphicsSymbol, &format!("tapped {wire}"));
    w.expect("Run a function of the composition to see the calls that cross the tapped wire");
    // Taken off and put on again by the inspector's button, the palette and undo.
    w.click(Role::Button, "Take the tap off");
    assert!(w.session().document().composition.taps.is_empty());
    w.command(Key::Z);
    assert_eq!(w.session().document().composition.taps.len(), 1);
    w.palette("tap this wire");
    assert!(w.session().document().composition.taps.is_empty());
    w.click(Role::Button, "Tap this wire");
    assert_eq!(w.session().document().composition.taps.len(), 1);

    let target = Target::Composition;
    let composed = &w.session().composed().expect("a composition").component;
    let text = r#"place("alice", [{sku: "tea", quantity: 3, unit-cents: 450}])"#;
    let (interface, function, arguments) = parse_wave_call(text, composed).unwrap();
    let call = session::Call { target, interface, function, arguments };
    w.harness.state_mut().ask(session::Command::Call(call));
    w.settle();
    assert_eq!(w.returned(), ANSWER);
    w.node(Role::GraphicsSymbol, &format!("tapped {wire}, 1 call"));
    w.expect("Tapped: 1 call");
    w.expect("Taps took ");
    w.command(Key::Num4);
    assert_eq!(w.focused(), (Role::Tab, "Taps".into()));
    let said = r#"check(user-id: "alice", amount-cents: 1350) → {allowed: true, score: 0, reason: "#;
    assert!(w.harness.query_by(|n| n.role() == Role::Button && n.label().is_some_and(|l| l.contains(said))).is_some());
    for _ in 0..20 {
        if w.focused().1.contains(said) {
            break;
        }
        w.key(Key::Tab);
    }
    assert!(w.focused().1.contains(said), "{:?}", w.focused());
    w.key(Key::Enter);
    w.expect("check(user-id: \"alice\", amount-cents: 1350)\n→ {allowed: true");
    // The list of the composition knows it, too.
    w.command(Key::L);
    w.command(Key::J);
    w.expect("tapped wire from ");
    w.click(Role::Button, &format!("Take the tap off the wire to checkout-rust {CHECK}"));
    assert!(w.session().document().composition.taps.is_empty());
}

#[test]
fn a_virtual_wasi_is_added_by_the_palette_set_up_and_run_with() {
    let mut w = Window::with_sample("ledger-rust");
    w.palette("place ledger-rust");
    w.palette("add virtual wasi");
    assert_eq!(w.wires().len(), 17, "{}", w.tree());
    assert_eq!(w.session().undo_label(), Some("Add virtual WASI"));
    w.click(Role::Button, "Add variable");
    assert_eq!(w.focused(), (Role::TextInput, "Name of variable 1".into()));
    w.write("SHOP");
    w.key(Key::Tab);
    w.write("corner");
    w.settle();
    assert_eq!(w.wires().len(), 17);
    let settings = w.session().virtual_wasi_of("virtual-wasi").unwrap();
    assert_eq!(settings.environment.get("SHOP").map(String::as_str), Some("corner"));
    w.key(Key::Escape);
    w.command(Key::Z);
    assert!(w.session().virtual_wasi_of("virtual-wasi").unwrap().environment.is_empty());
    w.command(Key::Z);
    assert!(w.wires().is_empty() && w.session().virtual_wasi_of("virtual-wasi").is_none());
}

#[test]
fn a_wire_of_wasi_dropped_on_empty_canvas_becomes_a_virtual_wasi() {
    let mut w = Window::with_sample("ledger-rust");
    w.palette("place ledger-rust");
    w.command(Key::Num0);
    let from = w.at("ledger-rust import wasi:io/error@0.2.12, provided by the host");
    w.drag(from, from - egui::vec2(90.0, -30.0));
    w.expect("Search components that fit");
    w.click(Role::ListItem, "Add virtual WASI");
    assert_eq!(w.wires().len(), 17, "{}", w.tree());
    assert!(w.session().virtual_wasi_of("virtual-wasi").is_some());
    w.command(Key::Z);
    assert!(w.wires().is_empty());
}
