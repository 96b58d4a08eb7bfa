//! Documentation in Markdown, as WIT has it: paragraphs, lists, headings, code. Nothing in it is ever opened or loaded: a
//! link is its words and its address, a picture is its description, HTML is text.

use crate::diag::{display_safe, display_safe_line};
use crate::ui::theme::{Tokens, fonts, size, space, tokens};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, CornerRadius, Frame, Label, Margin, Role, Stroke, Ui, vec2};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

const LINE: f32 = 18.0;

/// The deepest list that is set in.
const MOST_INDENT: usize = 6;

/// Shows documentation as wide as there is room; of a long one the first `most` bytes.
pub fn prose(ui: &mut Ui, markdown: &str, most: usize) {
    let t = tokens(ui.ctx());
    let shown = markdown.get(..markdown.floor_char_boundary(most)).unwrap_or(markdown);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for block in blocks(shown, t) {
            show(ui, block, t);
        }
        if shown.len() < markdown.len() {
            let left = markdown.len() - shown.len();
            ui.label(egui::RichText::new(format!("… and {left} more bytes of documentation")).color(t.faint));
        }
    });
}

/// One paragraph, list item, heading or piece of code.
struct Block {
    /// How deep in lists.
    depth: usize,
    /// What stands before the first paragraph of a list item.
    marker: String,
    is_code: bool,
    job: LayoutJob,
}

fn show(ui: &mut Ui, block: Block, t: &Tokens) {
    let label = |job| Label::new(job).wrap().selectable(true);
    if block.is_code {
        let frame = Frame::NONE
            .fill(t.field)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(CornerRadius::same(4))
            .inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
        frame.show(ui, |ui| ui.add(label(block.job)));
        return;
    }
    if block.depth == 0 {
        ui.add(label(block.job));
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let indent = 16.0 * block.depth.min(MOST_INDENT) as f32;
        let (rect, response) = ui.allocate_exact_size(vec2(indent, LINE), egui::Sense::hover());
        if !block.marker.is_empty() {
            response.widget_info(|| egui::WidgetInfo::labeled(Role::ListMarker, true, &block.marker));
            let text = super::draw::line(ui, &block.marker, fonts::text(size::BODY), t.dim);
            super::draw::put_right(ui.painter(), rect.right_center() - vec2(space::XS, 0.0), text);
        }
        ui.add(label(block.job));
    });
}

/// What the text around is.
#[derive(Default)]
struct Style {
    strong: usize,
    emphasis: usize,
    heading: bool,
    code: bool,
}

impl Style {
    fn format(&self, code: bool, t: &Tokens) -> TextFormat {
        let code = code || self.code;
        let font = match (code, self.heading || self.strong > 0) {
            (true, _) => fonts::mono(size::BODY - 0.5),
            (false, true) => fonts::strong(size::BODY),
            (false, false) => fonts::text(size::BODY),
        };
        let color = if self.heading || code { t.strong } else { t.normal };
        TextFormat {
            line_height: Some(LINE),
            italics: self.emphasis > 0,
            background: if code && !self.code { t.hover } else { Color32::TRANSPARENT },
            ..TextFormat::simple(font, color)
        }
    }
}

fn blocks(markdown: &str, t: &Tokens) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut style = Style::default();
    // The number of the next item of each list around, if it has numbers.
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut marker = String::new();
    let mut addresses: Vec<(String, usize)> = Vec::new();
    let mut open = false;
    for event in Parser::new(markdown) {
        let mut add = |text: &str, format: TextFormat, open: &mut bool, out: &mut Vec<Block>, is_code: bool| {
            if !std::mem::replace(open, true) {
                let job = LayoutJob::default();
                out.push(Block { depth: lists.len(), marker: std::mem::take(&mut marker), is_code, job });
            }
            if let Some(block) = out.last_mut() {
                block.job.append(text, 0.0, format);
            }
        };
        match event {
            Event::Text(text) if style.code => {
                let text = display_safe(&text);
                add(&text, style.format(true, t), &mut open, &mut out, true);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                add(
                    &display_safe_line(text.trim_end_matches('\n')),
                    style.format(false, t),
                    &mut open,
                    &mut out,
                    false,
                );
            }
            Event::Code(text) => add(&display_safe_line(&text), style.format(true, t), &mut open, &mut out, false),
            Event::SoftBreak => add(" ", style.format(false, t), &mut open, &mut out, false),
            Event::HardBreak => add("\n", style.format(false, t), &mut open, &mut out, false),
            Event::Start(Tag::Strong) => style.strong += 1,
            Event::End(TagEnd::Strong) => style.strong = style.strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => style.emphasis += 1,
            Event::End(TagEnd::Emphasis) => style.emphasis = style.emphasis.saturating_sub(1),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let length = out.last().map_or(0, |b| b.job.text.len());
                addresses.push((dest_url.to_string(), if open { length } else { 0 }));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some((address, start)) = addresses.pop() else { continue };
                let words = out.last().filter(|_| open).and_then(|b| b.job.text.get(start..)).unwrap_or_default();
                if words != address && !address.is_empty() {
                    let shown = format!(" ({})", display_safe_line(&address));
                    let format = TextFormat { color: t.dim, ..style.format(false, t) };
                    add(&shown, format, &mut open, &mut out, false);
                }
            }
            Event::Start(tag) => {
                open = false;
                match tag {
                    Tag::Heading { .. } => style.heading = true,
                    Tag::CodeBlock(_) => style.code = true,
                    Tag::List(first) => lists.push(first),
                    Tag::Item => {
                        marker = match lists.last_mut() {
                            Some(Some(number)) => {
                                *number += 1;
                                format!("{}.", *number - 1)
                            }
                            _ => "•".to_owned(),
                        };
                    }
                    _ => {}
                }
            }
            Event::End(tag) => {
                open = false;
                match tag {
                    TagEnd::Heading(_) => style.heading = false,
                    TagEnd::CodeBlock => style.code = false,
                    TagEnd::List(_) => drop(lists.pop()),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    for block in &mut out {
        // A line's end at the end of code would be an empty line.
        if block.is_code && block.job.text.ends_with('\n') {
            let text = block.job.text.trim_end().to_owned();
            block.job = LayoutJob::single_section(text, Style { code: true, ..Style::default() }.format(true, t));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    fn texts(markdown: &str) -> Vec<String> {
        let text = |b: Block| format!("{}{}{}", "  ".repeat(b.depth), b.marker, b.job.text);
        blocks(markdown, &DARK).into_iter().map(text).collect()
    }

    #[test]
    fn documentation_is_divided_into_paragraphs_lists_and_code() {
        let markdown = "Reads `len` bytes\nof *it*.\n\n# Errors\n\n- one\n- two\n  more\n  1. deep\n\n```wit\nfoo: func();\n\nx\n```\nEnd.";
        assert_eq!(
            texts(markdown),
            ["Reads len bytes of it.", "Errors", "  •one", "  •two more", "    1.deep", "foo: func();\n\nx", "End."]
        );
    }

    #[test]
    fn links_and_pictures_are_text_with_their_address() {
        assert_eq!(
            texts("See [the *spec*](https://a.b/c) and <https://x.y>."),
            ["See the spec (https://a.b/c) and https://x.y."]
        );
        assert_eq!(texts("![a cat](file:///etc/passwd)"), ["a cat (file:///etc/passwd)"]);
        assert_eq!(texts("<b>bold</b> <script>x</script>"), ["<b>bold</b> <script>x</script>"]);
        assert_eq!(texts("<div onclick=x>\ntext\n</div>\n").concat().replace('\n', ""), "<div onclick=x>text</div>");
    }

    #[test]
    fn hidden_characters_are_shown_everywhere() {
        let hidden = "a\u{202e}b `c\u{202e}d` [e\u{202e}](f\u{202e})\n\n    g\u{202e}\n";
        assert!(!texts(hidden).concat().contains('\u{202e}'));
        assert_eq!(texts(hidden).concat().matches("\\u{202e}").count(), 5);
    }

    #[test]
    fn deep_nesting_ends() {
        texts(&"> ".repeat(5_000));
        texts(&"- ".repeat(5_000));
        texts(&"*a ".repeat(5_000));
        texts(&"[".repeat(5_000));
    }
}
