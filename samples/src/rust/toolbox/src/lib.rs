//! One component with a function for every type there is.
wit_bindgen::generate!({ world: "toolbox-full", path: "../../../../wit/toolbox" });

mod bags;
mod echo;
mod kitchen_sink;
mod puzzles;

struct Toolbox;

export!(Toolbox);
