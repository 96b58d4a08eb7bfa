//! For tests: runs a piece of the window without a window, and paints it on the processor into a PNG to look at.
//!
//! Pictures go to `target/look/`, if the variable `WIREBENCH_LOOK` is set: painting takes a second each without optimization.

use super::theme;
use crate::project::Theme;
use egui::epaint::{ClippedPrimitive, ImageDelta, Mesh, Primitive};
use egui::{Pos2, Rect, TextureFilter, TextureId, TexturesDelta, Ui, pos2};
use egui_kittest::{Harness, TestRenderer};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A harness with our faces and style, and what it takes to photograph it.
pub struct Stage<'a, S> {
    /// The harness: input, steps, the accessibility tree.
    pub harness: Harness<'a, S>,
    textures: Arc<Mutex<Textures>>,
}

impl<'a, S> Stage<'a, S> {
    /// Runs `show` in a window of this size, in points.
    pub fn new(size: [f32; 2], choice: Theme, state: S, show: impl FnMut(&mut Ui, &mut S) + 'a) -> Self {
        Self::scaled(size, 1.0, choice, state, show)
    }

    /// The same with this many pixels to a point.
    pub fn scaled(
        size: [f32; 2],
        pixels: f32,
        choice: Theme,
        state: S,
        show: impl FnMut(&mut Ui, &mut S) + 'a,
    ) -> Self {
        let textures = Arc::new(Mutex::new(Textures::default()));
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels)
            .with_max_steps(16)
            .with_theme(if choice == Theme::Light { egui::Theme::Light } else { egui::Theme::Dark })
            .with_context_setup(move |ctx| theme::apply(ctx, choice))
            .renderer(Keeper(Arc::clone(&textures)))
            .build_ui_state(show, state);
        Self { harness, textures }
    }

    /// Writes what the window shows now to `target/look/<name>.png`. Without the variable the shapes are still made.
    pub fn picture(&self, name: &str) {
        let ctx = &self.harness.ctx;
        let pixels = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * pixels;
        let (w, h) = (size.x.round() as usize, size.y.round() as usize);
        let shapes = ctx.tessellate(self.harness.output().shapes.clone(), pixels);
        if std::env::var_os("WIREBENCH_LOOK").is_none() {
            return;
        }
        let bytes = self.textures.lock().unwrap().paint(&shapes, w, h, pixels);
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/look");
        std::fs::create_dir_all(&folder).unwrap();
        image::RgbaImage::from_raw(w as u32, h as u32, bytes)
            .unwrap()
            .save(folder.join(format!("{name}.png")))
            .unwrap();
    }
}

struct Keeper(Arc<Mutex<Textures>>);

impl TestRenderer for Keeper {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.lock().unwrap();
        for (id, images) in delta.set.drain() {
            images.iter().for_each(|image| textures.set(id, image));
        }
        for id in delta.free.drain() {
            textures.0.remove(&id);
        }
    }
}

#[derive(Default)]
struct Textures(HashMap<TextureId, Texture>);

struct Texture {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
    nearest: bool,
}

impl Textures {
    fn set(&mut self, id: TextureId, delta: &ImageDelta) {
        let egui::ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        let pixels = image.pixels.iter().map(|c| c.to_array().map(|v| f32::from(v) / 255.0));
        if let Some([x, y]) = delta.pos {
            let texture = self.0.get_mut(&id).unwrap();
            for (i, pixel) in pixels.enumerate() {
                texture.pixels[(y + i / width) * texture.width + x + i % width] = pixel;
            }
        } else {
            let nearest = delta.options.magnification == TextureFilter::Nearest;
            self.0.insert(id, Texture { width, height, pixels: pixels.collect(), nearest });
        }
    }

    fn paint(&self, shapes: &[ClippedPrimitive], w: usize, h: usize, scale: f32) -> Vec<u8> {
        let mut frame = vec![[0_f32; 4]; w * h];
        for shape in shapes {
            if let Primitive::Mesh(mesh) = &shape.primitive {
                let clip = (shape.clip_rect * scale)
                    .intersect(Rect::from_min_size(Pos2::ZERO, egui::vec2(w as f32, h as f32)));
                self.mesh(mesh, clip, &mut frame, w, scale);
            }
        }
        frame.iter().flat_map(|c| c.map(|v| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)).collect()
    }

    fn mesh(&self, mesh: &Mesh, clip: Rect, frame: &mut [[f32; 4]], width: usize, scale: f32) {
        let texture = &self.0[&mesh.texture_id];
        for corner in mesh.indices.chunks_exact(3) {
            let v = [0, 1, 2].map(|k| &mesh.vertices[corner[k] as usize]);
            let p = v.map(|v| v.pos * scale);
            let area = (p[1] - p[0]).rot90().dot(p[2] - p[0]);
            if area == 0.0 {
                continue;
            }
            let colour = v.map(|v| v.color.to_array().map(|c| f32::from(c) / 255.0));
            let bounds = Rect::from_points(&p).intersect(clip);
            let [x0, x1] =
                [bounds.min.x.floor().max(clip.min.x), bounds.max.x.ceil().min(clip.max.x)].map(|v| v as usize);
            let [y0, y1] =
                [bounds.min.y.floor().max(clip.min.y), bounds.max.y.ceil().min(clip.max.y)].map(|v| v as usize);
            let plain = (0..3).all(|k| v[k].uv == v[0].uv).then(|| texture.sample(v[0].uv));
            // Pixels on an edge belong to the triangle whose top or left edge it is.
            let owns = |a: Pos2, b: Pos2| {
                let d = if area < 0.0 { b - a } else { a - b };
                (d.y == 0.0 && d.x > 0.0) || d.y < 0.0
            };
            let edges = [(p[1], p[2]), (p[2], p[0]), (p[0], p[1])].map(|(a, b)| (a, b, owns(a, b)));
            for y in y0..y1.max(y0) {
                for x in x0..x1.max(x0) {
                    let at = pos2(x as f32 + 0.5, y as f32 + 0.5);
                    let part = edges.map(|(a, b, own)| {
                        let part = (b - a).rot90().dot(at - a) / area;
                        if part == 0.0 && !own { -1.0 } else { part }
                    });
                    if part.iter().any(|v| *v < 0.0) {
                        continue;
                    }
                    let mix = |f: &dyn Fn(usize) -> f32| (0..3).map(|i| part[i] * f(i)).sum::<f32>();
                    let texel = plain.unwrap_or_else(|| texture.sample(pos2(mix(&|i| v[i].uv.x), mix(&|i| v[i].uv.y))));
                    let source = [0, 1, 2, 3].map(|k| mix(&|i| colour[i][k]) * texel[k]);
                    let under = &mut frame[y * width + x];
                    for k in 0..4 {
                        under[k] = source[k] + under[k] * (1.0 - source[3]);
                    }
                }
            }
        }
    }
}

impl Texture {
    fn at(&self, x: f32, y: f32) -> [f32; 4] {
        let x = x.clamp(0.0, self.width as f32 - 1.0) as usize;
        let y = y.clamp(0.0, self.height as f32 - 1.0) as usize;
        self.pixels[y * self.width + x]
    }

    fn sample(&self, uv: Pos2) -> [f32; 4] {
        let (x, y) = (uv.x * self.width as f32 - 0.5, uv.y * self.height as f32 - 0.5);
        if self.nearest {
            return self.at(x.round(), y.round());
        }
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let corners = [self.at(x0, y0), self.at(x0 + 1.0, y0), self.at(x0, y0 + 1.0), self.at(x0 + 1.0, y0 + 1.0)];
        [0, 1, 2, 3].map(|k| {
            let [a, b, c, d] = corners.map(|c| c[k]);
            (a * (1.0 - fx) + b * fx) * (1.0 - fy) + (c * (1.0 - fx) + d * fx) * fy
        })
    }
}

/// Calls `show` for both themes; the name tells them apart in a picture's name.
pub fn both(mut show: impl FnMut(Theme, &str)) {
    show(Theme::Dark, "dark");
    show(Theme::Light, "light");
}
