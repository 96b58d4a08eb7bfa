//! An instance put onto a wire.

use super::{Composition, Edit, Library, Port, Side, candidates_of};

/// What puts an instance onto the wire that ends at this import: the instance's first free import that fits the wire's start,
/// and its first export that fits the end. `None` if there are no such two.
pub fn insertion(composition: &Composition, library: &Library, instance: &str, wire: &Port) -> Option<Vec<Edit>> {
    let from = composition.wires.get(wire)?;
    let fitting = |port: &Port, side| {
        candidates_of(composition, library, port, side, instance)
            .into_iter()
            // The wire itself is what an export replaces; an import of the instance must be free.
            .find(|c| c.fit.fits() && (side == Side::Import || c.replaces.is_none()))
            .map(|c| c.port)
    };
    let import = fitting(from, Side::Export)?;
    let export = fitting(wire, Side::Import)?;
    let (from, to) = (from.clone(), wire.clone());
    Some(vec![Edit::Disconnect(to.clone()), Edit::Connect { from, to: import }, Edit::Connect { from: export, to }])
}
