//! What of a scene a rule looks at: the lanes, zones and lines it names, or those of its type.

use super::{Rule, RuleKind};
use crate::scene::{Scene, ZoneKind};

/// What rules of a type look at, and where when they name nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksAt {
    /// Lanes; every live one.
    Lanes,
    /// Zones; every one of this kind. Any other zone can be named.
    Zones(ZoneKind),
    /// Lanes; every live one. Lines across them may be named.
    LanesAndLines,
    /// Lines, which must be named; and lanes, to tell whose line it is.
    Lines,
    /// Markings; every one.
    Markings,
    /// The whole picture, unless zones or lanes are named.
    Anywhere,
    /// Zones and lanes; every carriageway zone, or every live lane where no carriageway is drawn.
    Carriageway,
}

/// What one rule looks at, by number in the scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// By number of the lane.
    pub lanes: Vec<bool>,
    /// By number of the zone.
    pub zones: Vec<bool>,
    /// By number of the line.
    pub lines: Vec<bool>,
    /// By number of the marking.
    pub markings: Vec<bool>,
    /// Whether it looks at the whole picture.
    pub anywhere: bool,
}

impl Scope {
    /// Whether there is nothing to look at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let drawn = self.lanes.iter().chain(&self.zones).chain(&self.lines).chain(&self.markings);
        !self.anywhere && !drawn.into_iter().any(|watched| *watched)
    }
}

impl Rule {
    /// What it looks at in a scene.
    #[must_use]
    pub fn scope(&self, scene: &Scene) -> Scope {
        let carriageway = scene.zones.iter().any(|zone| zone.kind == ZoneKind::Carriageway);
        let (live, zones) = match self.kind.looks_at() {
            LooksAt::Lanes | LooksAt::LanesAndLines | LooksAt::Lines => (true, None),
            LooksAt::Markings | LooksAt::Anywhere => (false, None),
            LooksAt::Zones(kind) => (false, Some(kind)),
            LooksAt::Carriageway => (!carriageway, Some(ZoneKind::Carriageway)),
        };
        let named = !self.lanes.is_empty() || !self.zones.is_empty();
        Scope {
            lanes: scene
                .lanes
                .iter()
                .map(|lane| if named { self.lanes.contains(&lane.id) } else { live && lane.live })
                .collect(),
            zones: scene
                .zones
                .iter()
                .map(|zone| if named { self.zones.contains(&zone.id) } else { zones == Some(zone.kind) })
                .collect(),
            lines: scene.lines.iter().map(|line| self.lines.contains(&line.id) || self.kind.names(&line.id)).collect(),
            markings: scene
                .markings
                .iter()
                .map(|marking| matches!(&self.kind, RuleKind::LaneViolation(rule) if rule.watches(&marking.id)))
                .collect(),
            anywhere: !named && self.kind.looks_at() == LooksAt::Anywhere,
        }
    }
}

/// The key by which a rule of a kind must not name what it does not look at.
pub(super) fn foreign_key(rule: &Rule) -> Option<&'static str> {
    let (lanes, zones, lines) = (!rule.lanes.is_empty(), !rule.zones.is_empty(), !rule.lines.is_empty());
    match rule.kind.looks_at() {
        LooksAt::Lanes => zones.then_some("zones").or(lines.then_some("lines")),
        LooksAt::Zones(_) => lanes.then_some("lanes").or(lines.then_some("lines")),
        LooksAt::Lines | LooksAt::LanesAndLines => zones.then_some("zones"),
        LooksAt::Markings => zones.then_some("zones").or(lanes.then_some("lanes")).or(lines.then_some("lines")),
        LooksAt::Carriageway | LooksAt::Anywhere => lines.then_some("lines"),
    }
}

/// What to draw when a rule of a kind finds nothing to look at: what it says, and the remedy.
pub(super) const fn nothing_drawn(kind: &RuleKind) -> (&'static str, &'static str) {
    match kind.looks_at() {
        LooksAt::Lanes | LooksAt::LanesAndLines => ("it watches every live lane, and there is none", "draw a [[lane]]"),
        LooksAt::Zones(ZoneKind::NoStopping) => (
            "it watches every zone of the kind no_stopping, and there is none",
            "draw one as [[zone]], or name others in 'zones'",
        ),
        LooksAt::Zones(_) => {
            ("it watches zones of its kind, and there is none", "draw a [[zone]], or name others in 'zones'")
        }
        LooksAt::Lines => ("it watches a line, and names none", "name one in 'lines'"),
        LooksAt::Markings => ("it watches markings, and there is none", "draw a [[marking]]"),
        LooksAt::Anywhere => ("it watches nothing", "name lanes or zones, or leave both out"),
        LooksAt::Carriageway => (
            "it watches the carriageway, and there is none",
            "draw a [[zone]] of the kind carriageway, or a live [[lane]]",
        ),
    }
}
