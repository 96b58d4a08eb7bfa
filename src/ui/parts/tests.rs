//! A gallery of all parts, to look at and to walk through its accessibility tree.

use super::*;
use crate::component::Family;
use crate::measure::{Phase, Timing};
use crate::project::Theme;
use crate::ui::look::{Stage, both};
use crate::ui::theme::{self, FAMILIES, Tone, icons, tokens};
use egui::{CentralPanel, Panel, TextEdit, Ui};
use egui_kittest::kittest::{NodeT, Queryable};

#[derive(Default)]
struct Shown {
    search: String,
    url: String,
    tab: usize,
    workspace: usize,
    ticked: bool,
    clicked: Vec<&'static str>,
    grant: Option<GrantClick>,
    banner: Option<BannerClick>,
    notice: Option<NoticeClick>,
    code: Option<Code>,
}

const WIT: &str = "package shop:orders@1.2.0;

/// Prices, stock and risk of an order.
interface checkout {
  use shop:types/money@1.0.0.{amount};
  record line { sku: string, quantity: u32, price: amount }
  variant problem { out-of-stock(string), declined, limit(u64) }
  enum channel { web, store, phone }
  resource cart {
    constructor(owner: string);
    add: func(line: line) -> result<u32, problem>;
    lines: func() -> list<line>;
  }
  place: async func(cart: borrow<cart>, via: channel, gift: bool) -> result<option<string>, problem>;
}

world shop {
  import wasi:cli/stdout@0.2.0;
  import payments:fraud/check@1.0.0;
  export checkout;
}
";

fn gallery(ui: &mut Ui, s: &mut Shown) {
    let t = tokens(ui.ctx());
    Panel::left("left").exact_size(380.0).resizable(false).frame(dock_frame(ui)).show(ui, |ui| left(ui, s));
    Panel::right("right").exact_size(380.0).resizable(false).frame(dock_frame(ui)).show(ui, |ui| right(ui, s));
    CentralPanel::default().frame(dock_frame(ui).fill(t.window)).show(ui, |ui| middle(ui, s));
    s.notice = notices(
        ui.ctx(),
        &[
            Notice { tone: Tone::Ok, text: "Saved shop.wirebench", hint: None, action: None },
            Notice {
                tone: Tone::Error,
                text: "Could not open orders.wasm: it ends in the middle of section 7",
                hint: Some("Build or download it again"),
                action: Some("Show problems"),
            },
        ],
        0.0,
    )
    .or(s.notice);
}

fn left(ui: &mut Ui, s: &mut Shown) {
    if let Some(tab) = segments(ui, "Workspace", &["Wire", "Inspect", "Review", "Measure"], s.workspace) {
        s.workspace = tab;
    }
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.add(Button::new("Run").icon(icons::PLAY).primary().shortcut("Ctrl+Enter")).clicked() {
            s.clicked.push("run");
        }
        ui.add(Button::new("Arrange"));
        ui.add(Button::new("Open…").icon(icons::FOLDER_OPEN).quiet());
        ui.add(Button::new("Stop").icon(icons::STOP).danger());
    });
    ui.horizontal(|ui| {
        ui.add(Button::new("Compose").disabled_because(Some("Two imports have no provider")));
        icon_button(ui, icons::UNDO, "Undo");
        ui.add(IconButton::new(icons::REDO, "Redo").disabled_because(Some("Nothing to redo")));
        ui.add(IconButton::new(icons::GRID, "Grid").selected(true));
        icon_button(ui, icons::DOTS, "More");
        labelled_check(ui, &mut s.ticked, "Trace calls");
    });
    ui.add_space(8.0);
    search_field(ui, &mut s.search, "Search components");
    ui.add_space(4.0);
    Section::new("Components").count(3).show_with(
        ui,
        |ui| icon_button(ui, icons::PLUS, "Open component"),
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ListRow::new("checkout-rust").icon(icons::CUBE).detail("Rust").trailing("144 KiB").show(ui);
            ListRow::new("fraud-check-go").icon(icons::CUBE).detail("Go").trailing("1.2 MiB").selected(true).show(ui);
            ListRow::new("a-component-with-a-rather-long-name-that-is-cut").icon(icons::CUBE).trailing("9 B").show(ui);
            let number = t_family(ui, Family::Record);
            ListRow::new("checkout").mono().colored_icon(icons::BRACES, number).depth(0).fold(true).show(ui);
            ListRow::new("place").mono().icon(icons::FUNCTION).detail("async").depth(1).show(ui);
        },
    );
    Section::new("Samples").folded().show(ui, |_| ());
    Section::new("Details").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        key_value_text(ui, "Size", "144.2 KiB", true);
        key_value_text(ui, "Language", "Rust 1.95.0, wit-bindgen-rust 0.46.0, wit-component 0.239.0", false);
        key_value(ui, "Digest", |ui| {
            ui.label(egui::RichText::new("9f86d081").font(theme::fonts::mono(13.0)));
            icon_button(ui, icons::COPY, "Copy digest");
        });
        key_value(ui, "Families", |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
                FAMILIES.iter().for_each(|f| {
                    family_badge(ui, *f);
                });
            });
        });
        key_value(ui, "State", |ui| {
            badge(ui, "Live", Tone::Ok);
            badge(ui, "2 problems", Tone::Error);
            badge(ui, "Review", Tone::Warn);
            pill(ui, "0.2.0");
        });
        key_value(ui, "Endpoint", |ui| {
            let width = ui.available_width();
            named_field(ui, "Endpoint", TextEdit::singleline(&mut s.url).hint_text("https://…").desired_width(width));
        });
        key_value(ui, "Engine", |ui| {
            let choice = combo_box("engine").selected_text("Interpreter").show_ui(ui, |_| ()).response;
            ui.ctx().accesskit_node_builder(choice.id, |node| node.set_label("Engine"));
        });
        key_value(ui, "", |ui| field_error(ui, "A port has to be between 1 and 65535"));
    });
}

fn t_family(ui: &Ui, family: Family) -> egui::Color32 {
    tokens(ui.ctx()).family(family)
}

fn middle(ui: &mut Ui, s: &mut Shown) {
    heading(ui, "Interface of shop-orders");
    let t = tokens(ui.ctx());
    if s.code.as_ref().is_none_or(|c| !c.is_for(t)) {
        s.code = Some(Code::wit(WIT, t));
    }
    ui.allocate_ui(egui::vec2(ui.available_width(), 420.0), |ui| {
        if let Some(code) = &s.code {
            code_view(ui, "wit", code);
        }
    });
    ui.add_space(8.0);
    ui.allocate_ui(egui::vec2(ui.available_width(), 220.0), |ui| {
        if empty(
            ui,
            Drawing::Graph,
            "Nothing is wired yet. Drop a component here or open one.",
            Some("Open component…"),
        ) {
            s.clicked.push("empty");
        }
    });
}

fn right(ui: &mut Ui, s: &mut Shown) {
    let tabs =
        [Tab::new("Invoke"), Tab::new("Output"), Tab::new("Problems").count(2, Tone::Error), Tab::new("History")];
    if let Some(tab) = tab_bar(ui, "Results", &tabs, s.tab) {
        s.tab = tab;
    }
    ui.add_space(8.0);
    s.banner = Banner::new(Tone::Warn, "orders.wasm changed on disk").action("Reload").closable().show(ui).or(s.banner);
    Banner::new(Tone::Error, "checkout will not start: payments:fraud/check has no provider and no stub")
        .hint(Some("Wire it to a component that exports it, or add a stub"))
        .show(ui);
    Banner::new(Tone::Ok, "ok, in 1.24 ms").show(ui);
    Banner::new(Tone::Info, "fraud-check@1.2.0 satisfies 1.0.0").show(ui);
    ui.add_space(8.0);
    let row = GrantRow {
        title: "Folders",
        sentence: "May read the folder data as /data, and nothing else on this computer",
        asked_by: "Asked by orders",
        risk: (2, "Medium risk"),
        on: true,
        changed: true,
        mark: None,
        flash: 0.0,
        fold: None,
        why_not: None,
    };
    s.grant = row
        .show(ui, |ui| {
            ui.label("--dir data::/data");
        })
        .or(s.grant);
    let network = GrantRow {
        title: "Network",
        sentence: "May not reach any address",
        asked_by: "Asked by checkout and orders",
        risk: (3, "High risk"),
        on: false,
        changed: false,
        mark: Some((Tone::Error, "refused 2× in the last run")),
        flash: 0.0,
        fold: None,
        why_not: None,
    };
    s.grant = network.show(ui, |_| ()).or(s.grant);
    ui.add_space(8.0);
    heading(ui, "Time");
    let timings: Vec<_> = Phase::ALL
        .into_iter()
        .zip([310_000, 1_240_000, 12_400_000, 96_000, 210_000, 1_700])
        .map(|(phase, nanos)| Timing { phase, nanos, cached: phase == Phase::Read })
        .collect();
    let parts = phase_segments(&timings, tokens(ui.ctx()));
    timing_bar(ui, "Time of the first call", &parts);
}

#[test]
fn the_gallery_can_be_drawn_in_both_themes() {
    both(|choice, name| {
        let mut stage = Stage::new([1280.0, 900.0], choice, Shown::default(), gallery);
        stage.harness.run();
        stage.picture(&format!("parts-{name}"));
    });
}

#[test]
fn everything_is_found_and_worked_by_its_name() {
    let mut stage = Stage::new([1280.0, 900.0], Theme::Dark, Shown::default(), gallery);
    let h = &mut stage.harness;
    for name in ["Run", "Trace calls", "Grant Folders", "History", "Measure", "Reload", "Open component…"] {
        h.get_by_label(name).click();
        h.run();
    }
    assert!(h.get_by_label("Compose").accesskit_node().is_disabled());
    let s = h.state();
    assert_eq!(s.clicked, ["run", "empty"]);
    assert!(s.ticked);
    assert_eq!((s.tab, s.workspace), (3, 3));
    assert_eq!(s.grant, Some(GrantClick::Toggled(false)));
    assert_eq!(s.banner, Some(BannerClick::Action));
    h.get_by_label("Reset Folders").click();
    h.run();
    assert_eq!(h.state().grant, Some(GrantClick::Reset));
    h.get_by_label("Show problems").click();
    h.run();
    assert_eq!(h.state().notice, Some(NoticeClick::Action(1)));
}

#[test]
fn a_search_is_cleared_by_its_cross() {
    let mut stage = Stage::new([1280.0, 900.0], Theme::Light, Shown::default(), gallery);
    let h = &mut stage.harness;
    h.get_by_label("Search components").click();
    h.run();
    h.get_by_label("Search components").type_text("frau");
    h.run();
    assert_eq!(h.state().search, "frau");
    h.get_by_label("Clear search").click();
    h.run();
    assert_eq!(h.state().search, "");
}

#[test]
fn a_section_folds() {
    let mut stage = Stage::new([1280.0, 900.0], Theme::Light, Shown::default(), gallery);
    let h = &mut stage.harness;
    h.run();
    assert!(h.query_by_label("checkout-rust, Rust").is_some());
    h.get_by_label("Components").click();
    h.run();
    assert!(h.query_by_label("checkout-rust, Rust").is_none());
}

#[test]
fn what_is_disabled_goes_to_the_next_line_like_everything_else() {
    let mut stage = Stage::new([300.0, 200.0], Theme::Dark, (), |ui, ()| {
        ui.horizontal_wrapped(|ui| {
            ui.add(Button::new("Tap this wire"));
            ui.add(Button::new("Replace by recorded answers").disabled_because(Some("No calls of it are known")));
            ui.add(Button::new("Disconnect"));
        });
    });
    stage.harness.run();
    let rect = |name: &str| stage.harness.get_by_label(name).rect();
    assert!(rect("Replace by recorded answers").top() > rect("Tap this wire").bottom());
    assert!(rect("Replace by recorded answers").right() < 300.0);
}
