//! What a frame of egui-snarl costs for the graph of `benches/canvas`, measured in the same way: layout, painting, the
//! accessibility tree and the triangles, while the view pans and the pointer hovers.

#[path = "../../canvas/graph.rs"]
mod graph;
#[path = "../../shared/time.rs"]
mod time;

use egui::emath::TSTransform;
use egui::{CentralPanel, Context, Event, Frame, Pos2, RawInput, Rect, Ui, pos2, vec2};
use egui_snarl::ui::{PinInfo, SnarlPin, SnarlStyle, SnarlViewer, SnarlWidget};
use egui_snarl::{InPin, InPinId, NodeId, OutPin, OutPinId, Snarl};
use std::hint::black_box;

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 1000.0;

fn main() {
    println!("{:38} {:>9} {:>9} {:>9}", "frame of egui-snarl, 1600 × 1000", "median", "p99", "worst");
    // 10,000 nodes take seconds for each frame.
    for nodes in [100, 1_000] {
        for (view, is_life_size) in [("all seen", false), ("life size", true)] {
            let mut stage = Stage::new(nodes, is_life_size);
            let mut numbers: Vec<f64> = (0..110).map(|_| stage.frame()).skip(10).collect();
            numbers.sort_by(f64::total_cmp);
            let text = |part: f64| format!("{:.2} ms", numbers[((numbers.len() - 1) as f64 * part) as usize] / 1e6);
            println!("{:38} {:>9} {:>9} {:>9}", format!("{nodes} nodes, {view}"), text(0.5), text(0.99), text(1.0));
        }
    }
}

struct Viewer {
    transform: TSTransform,
}

impl SnarlViewer<String> for Viewer {
    fn title(&mut self, node: &String) -> String {
        node.clone()
    }
    fn inputs(&mut self, _: &String) -> usize {
        graph::PORTS
    }
    fn show_input(&mut self, pin: &InPin, ui: &mut Ui, _: &mut Snarl<String>) -> impl SnarlPin + 'static {
        ui.label(format!("api{}", pin.id.input));
        PinInfo::circle()
    }
    fn outputs(&mut self, _: &String) -> usize {
        graph::PORTS
    }
    fn show_output(&mut self, pin: &OutPin, ui: &mut Ui, _: &mut Snarl<String>) -> impl SnarlPin + 'static {
        ui.label(format!("api{}", pin.id.output));
        PinInfo::circle()
    }
    fn current_transform(&mut self, to_global: &mut TSTransform, _: &mut Snarl<String>) {
        *to_global = self.transform;
    }
}

struct Stage {
    ctx: Context,
    snarl: Snarl<String>,
    zoom: f32,
    frames: u32,
}

impl Stage {
    fn new(nodes: usize, is_life_size: bool) -> Self {
        let ctx = Context::default();
        ctx.enable_accesskit();
        let mut snarl = Snarl::new();
        let ids: Vec<NodeId> =
            (0..nodes).map(|n| snarl.insert_node(graph::place(n, nodes).into(), format!("component-{n}"))).collect();
        for wire in graph::wires(nodes) {
            let from = OutPinId { node: ids[wire.from.0], output: wire.from.1 };
            snarl.connect(from, InPinId { node: ids[wire.to.0], input: wire.to.1 });
        }
        let columns = (nodes as f32).sqrt().ceil();
        let fit = (WIDTH / (columns * graph::STEP[0])).min(HEIGHT / (columns * graph::STEP[1])).min(1.0);
        Self { ctx, snarl, zoom: if is_life_size { 1.0 } else { fit }, frames: 0 }
    }

    /// The processor time of one frame, in nanoseconds.
    fn frame(&mut self) -> f64 {
        self.frames += 1;
        let turn = f64::from(self.frames) / 60.0;
        let pointer = pos2(800.0 + 300.0 * (turn * 7.0).sin() as f32, 500.0 + 200.0 * (turn * 5.0).cos() as f32);
        let pan = 6.0 * (self.frames % 80).abs_diff(40) as f32;
        let transform = TSTransform::new(vec2(pan, 0.0), self.zoom);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(WIDTH, HEIGHT))),
            time: Some(turn),
            events: vec![Event::PointerMoved(pointer)],
            ..RawInput::default()
        };
        let style = SnarlStyle { min_scale: Some(0.01), ..SnarlStyle::new() };
        let begun = time::processor_nanos();
        let mut output = self.ctx.run_ui(input, |ui| {
            CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
                SnarlWidget::new().style(style).show(&mut self.snarl, &mut Viewer { transform }, ui);
            });
        });
        output.textures_delta.clear();
        black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
        black_box(output.platform_output);
        time::processor_nanos() - begun
    }
}
