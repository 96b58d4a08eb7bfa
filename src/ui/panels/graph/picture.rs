//! The composition as the canvas shows it, made anew for every change and not for every frame: what is
//! folded away is left out here.

use super::MadeOf;
use crate::component::{Component, Digest, Extern, Family, Item, Type, TypeKind};
use crate::compose::{self, Boundary, Port, Side};
use crate::diag::{Severity, Subject, display_safe, display_safe_line};
use crate::measure::Bytes;
use crate::project::Frame;
use crate::session::{Selection, Session};
use crate::ui::canvas::{FrameView, Node, NodeState, PortShape, PortState, PortView, Scene, Wire};
use egui::pos2;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How the ports of components look, imports and exports.
pub(super) type Ports = HashMap<Digest, (Vec<PortView>, Vec<PortView>)>;

/// The picture of the document with these frames.
pub(super) fn scene(session: &Session, frames: &BTreeMap<String, Frame>, made_of: &MadeOf, ports: &mut Ports) -> Scene {
    let composition = &session.document().composition;
    let library = session.library();
    let broken: BTreeMap<(&str, &str), &str> = session
        .problems()
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .filter_map(|p| match &p.subject {
            Subject::Wire { instance, import } => Some(((instance.as_str(), import.as_str()), p.message.as_str())),
            _ => None,
        })
        .collect();
    let used: BTreeSet<&Port> = composition.wires.values().collect();
    let exported: BTreeMap<Port, String> =
        compose::result_exports(composition, library).into_iter().map(|(name, port)| (port, name)).collect();
    let sharing = compose::sharing(composition);
    let selected: HashSet<&str> = match &made_of.selection {
        Selection::Instances(names) => names.iter().map(String::as_str).collect(),
        _ => HashSet::new(),
    };
    let folded: BTreeMap<&str, &str> = frames
        .iter()
        .filter(|(_, frame)| frame.folded)
        .flat_map(|(title, frame)| frame.members.iter().map(move |name| (name.as_str(), title.as_str())))
        .collect();
    let boundary = Boundary::new(composition, &folded);
    let mut groups = groups(session, frames, made_of, &selected);
    let mut nodes = Vec::new();
    let mut spare = 0.0;
    for (name, instance) in &composition.instances {
        let component = library.get(&instance.component);
        let at = session.document().layout.get(name).copied().unwrap_or_else(|| {
            spare += 160.0;
            [0.0, spare]
        });
        let group = folded.get(name.as_str());
        let mut node = Node {
            id: name.clone(),
            group: None,
            title: display_safe_line(name).into_owned(),
            subtitle: String::new(),
            mark: String::new(),
            badge: String::new(),
            size_text: String::new(),
            pos: pos2(at[0], at[1]),
            imports: Vec::new(),
            exports: Vec::new(),
            state: NodeState { missing: component.is_none(), ..NodeState::default() },
            selected: selected.contains(name.as_str()),
        };
        if let Some(component) = component {
            let opened = session.opened(&component.digest);
            node.subtitle = display_safe_line(&component.name).into_owned();
            node.mark = sharing.get(name.as_str()).map(compose::Sharing::mark).unwrap_or_default();
            if session.document().left_out.contains(name) {
                node.mark.push_str(if node.mark.is_empty() { "not in the file" } else { " · not in the file" });
            }
            let language = opened.and_then(|o| o.badge()).unwrap_or_default();
            node.badge = display_safe_line(language).into_owned();
            node.size_text = Bytes(component.bytes.len() as u64).to_string();
            node.state.live = made_of.live.contains(&component.digest);
            node.state.trapped = made_of.trapped.contains(&component.digest);
            let (imports, exports) = ports.entry(component.digest).or_insert_with(|| {
                let view = |e: &Extern| port_view(component, e, PortState::Unused);
                (component.imports.iter().map(view).collect(), component.exports.iter().map(view).collect())
            });
            for (import, view) in component.imports.iter().zip(imports) {
                let port = Port::new(name, &import.name);
                if group.is_some() && !boundary.has(&port, Side::Import) {
                    continue;
                }
                let why = broken.get(&(name.as_str(), import.name.as_str()));
                let state = import_state(composition.wires.contains_key(&port), why.is_some(), import.is_host());
                let why = why.map(|why| why.split_once(" is broken: ").map_or(*why, |(_, why)| why));
                let trouble = why.map(|why| display_safe_line(why).into_owned());
                node.state.unsatisfied += usize::from(state == PortState::Missing);
                node.imports.push(PortView { state, trouble, ..view.clone() });
            }
            // Host imports are many and wired seldom: they stand below what needs a wire.
            node.imports.sort_by_key(|p| p.state == PortState::Host);
            for (export, view) in component.exports.iter().zip(exports) {
                let port = Port::new(name, &export.name);
                if group.is_some() && !boundary.has(&port, Side::Export) {
                    continue;
                }
                let result = exported.get(&port).cloned();
                let state = export_state(used.contains(&port), result.is_some());
                node.exports.push(PortView { state, result, ..view.clone() });
            }
        }
        match group.and_then(|title| groups.get_mut(*title)) {
            Some(group) => fold_into(group, node),
            None => nodes.push(node),
        }
    }
    nodes.extend(groups.into_values().map(|mut node| {
        node.imports.sort_by_key(|p| p.state == PortState::Host);
        node
    }));
    let shown = composition.wires.iter().filter(|(to, from)| !boundary.is_inner(from, to));
    let wires = shown
        .map(|(to, from)| {
            let end = composition.component(library, &from.instance);
            let export = end.and_then(|c| Some((c, c.export(&from.name)?)));
            Wire {
                from: from.clone(),
                to: to.clone(),
                family: export.map_or(Family::Record, |(c, e)| e.family(&c.types)),
                broken: broken.contains_key(&(to.instance.as_str(), to.name.as_str())),
                selected: made_of.selection == Selection::Wire(to.clone()),
                tap: composition.taps.contains(to).then_some(None),
            }
        })
        .collect();
    let is_selected = |title: &str| matches!(&made_of.selection, Selection::Frame(selected) if selected == title);
    let frames = frames.iter().map(|(title, frame)| FrameView::new(title, frame, is_selected(title)));
    Scene::new(nodes, wires).framed(frames.collect())
}

/// The nodes of folded frames, still without ports, by title.
fn groups(
    session: &Session,
    frames: &BTreeMap<String, Frame>,
    made_of: &MadeOf,
    selected: &HashSet<&str>,
) -> BTreeMap<String, Node> {
    let document = session.document();
    let mut problems: HashMap<&str, usize> = HashMap::new();
    let wires = &document.composition.wires;
    // An import without a provider is counted by its port.
    let is_missing = |subject: &Subject| match subject {
        Subject::Port { instance, port } => {
            let port = Port::new(instance, port);
            let import = document.composition.port(session.library(), &port, Side::Import);
            import.is_some() && !wires.contains_key(&port)
        }
        _ => false,
    };
    for problem in session.problems().iter().filter(|p| p.severity != Severity::Info) {
        let about = problem.about().filter(|subject| !is_missing(subject));
        for instance in about.filter_map(Subject::instance).collect::<BTreeSet<_>>() {
            *problems.entry(instance).or_default() += 1;
        }
    }
    let node = |(title, frame): (&String, &Frame)| {
        let members: Vec<_> = frame
            .members
            .iter()
            .map(|name| (name.clone(), document.layout.get(name).copied().unwrap_or(frame.at).into()))
            .collect();
        let is_selected = matches!(&made_of.selection, Selection::Frame(selected) if selected == title);
        let trouble = frame.members.iter().filter_map(|name| problems.get(name.as_str())).sum();
        let count = members.len();
        let node = Node {
            id: title.clone(),
            title: display_safe_line(title).into_owned(),
            subtitle: format!("{count} instance{}", if count == 1 { "" } else { "s" }),
            mark: String::new(),
            badge: "folded".to_owned(),
            size_text: String::new(),
            pos: frame.at.into(),
            imports: Vec::new(),
            exports: Vec::new(),
            state: NodeState { problems: trouble, ..NodeState::default() },
            selected: is_selected || frame.members.iter().all(|name| selected.contains(name.as_str())),
            group: Some(members),
        };
        (title.clone(), node)
    };
    frames.iter().filter(|(_, frame)| frame.folded).map(node).collect()
}

/// Makes an instance's ports those of the frame that it is folded into.
fn fold_into(group: &mut Node, member: Node) {
    let of = |mut port: PortView| {
        port.tooltip = format!("{} {}", member.title, port.tooltip);
        port.of = Some(member.id.clone());
        port.version.clear();
        port
    };
    group.imports.extend(member.imports.into_iter().map(of));
    group.exports.extend(member.exports.into_iter().map(of));
    group.state.unsatisfied += member.state.unsatisfied;
    group.state.live |= member.state.live;
    group.state.trapped |= member.state.trapped;
    group.state.missing |= member.state.missing;
}

/// How an import is doing.
pub(super) fn import_state(is_wired: bool, is_broken: bool, is_host: bool) -> PortState {
    match (is_wired, is_host) {
        (true, _) if is_broken => PortState::Mismatched,
        (true, _) => PortState::Satisfied,
        (false, true) => PortState::Host,
        (false, false) => PortState::Missing,
    }
}

/// How an export is doing.
pub(super) fn export_state(is_used: bool, is_exported: bool) -> PortState {
    match (is_used, is_exported) {
        (true, _) => PortState::Satisfied,
        (false, true) => PortState::Exported,
        (false, false) => PortState::Unused,
    }
}

/// A port's short name and its version, safe to show.
pub(super) fn port_label(port: &Extern) -> (String, String) {
    let (path, version) = match port.name.split_once('@') {
        Some((path, version)) => (path, version),
        None => (port.name.as_str(), ""),
    };
    // A host's interface keeps its package, which says what it reaches; of others the last part is enough.
    let label =
        if port.is_host() { path.trim_start_matches("wasi:") } else { path.rsplit(['/', ':']).next().unwrap_or(path) };
    (display_safe_line(label).into_owned(), display_safe_line(version).into_owned())
}

/// A port as it is drawn on a node.
pub(in crate::ui) fn port_view(component: &Component, port: &Extern, state: PortState) -> PortView {
    let (label, version) = port_label(port);
    // Its own, or one of another interface that its functions speak of.
    let carries_resource = matches!(&port.item, Item::Interface(i) if i.types.iter()
        .any(|t| matches!(component.types.kind(Type::Def(*t)), Some(TypeKind::Resource))));
    let shape = match &port.item {
        _ if port.is_host() => PortShape::Host,
        Item::Function(_) => PortShape::Function,
        _ if carries_resource => PortShape::Resource,
        _ => PortShape::Interface,
    };
    let mut tooltip = port.name.clone();
    for function in port.functions().iter().take(8) {
        tooltip.push_str(&format!("\n{}: {}", function.display_name(), component.signature(function)));
    }
    let more = port.functions().len().saturating_sub(8);
    if more > 0 {
        tooltip.push_str(&format!("\n… {more} more"));
    }
    PortView {
        name: port.name.clone(),
        of: None,
        label,
        version,
        family: port.family(&component.types),
        shape,
        state,
        result: None,
        trouble: None,
        tooltip: display_safe(&tooltip).into_owned(),
    }
}
