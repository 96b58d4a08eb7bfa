//! The widgets every panel is made of. Each has a role and a name for assistive technology.

mod badge;
mod banner;
mod button;
mod code;
pub mod draw;
mod empty;
mod field;
mod grant;
mod link;
mod list;
mod menu;
mod notice;
mod prose;
mod rows;
mod section;
mod tabs;
mod timing;

pub use badge::{badge, family_badge, pill};
pub use banner::{Banner, BannerClick};
pub use button::{Button, IconButton, icon_button};
pub use code::{Code, code_view, wit_line};
pub use empty::{Drawing, empty};
pub use field::{check, combo_box, combo_item, field_error, labelled_check, named_field, search_field};
pub use grant::{GrantClick, GrantRow};
pub use link::{link, linked_text};
pub use list::ListRow;
pub use menu::{MenuOpened, menu_item, menu_keys, note_entry};
pub use notice::{Notice, NoticeClick, notices};
pub use prose::prose;
pub use rows::{BAR, InSight, RowLayout, Rows};
pub use section::{Section, dock_frame, hairline, heading, key_value, key_value_text, name};
pub use tabs::{Tab, segments, tab_bar};
pub use timing::{Segment, phase_segments, timing_bar};

#[cfg(test)]
mod tests;
