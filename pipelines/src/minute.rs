//! Minute facts: what was counted and measured in each UTC minute, and how much of it was observed.

use crate::MinuteCells;
use crate::ground::Speed;
use crate::queue::LaneState;
use kerege_contract::fact::{Cell, CellKind, ClassCount, Direction, PetSum};
use kerege_contract::scene::RuleKind;
use kerege_contract::{RoadUserClass, RuleId, Scene, UtcTime};
use std::collections::BTreeMap;

/// A headway longer than this is no headway, seconds.
const MAX_HEADWAY_S: f64 = 300.0;

type Counts = BTreeMap<RoadUserClass, ClassCount>;

/// A passage as the minute book notes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crossed {
    /// Number of the line.
    pub(crate) line: usize,
    pub(crate) dir: Direction,
    /// Number of the lane, where one is drawn.
    pub(crate) lane: Option<usize>,
    pub(crate) class: RoadUserClass,
    pub(crate) speed: Option<Speed>,
    /// Pipeline seconds.
    pub(crate) at: f64,
}

/// The running minute of one camera.
#[derive(Debug)]
pub(crate) struct MinuteBook {
    lines: Vec<String>,
    lanes: Vec<String>,
    /// The rules that count near misses.
    conflicts: Vec<String>,
    running: Option<Minute>,
    /// When each line, direction and lane was last crossed, within the same observed stretch.
    last_crossed: BTreeMap<(usize, Direction, Option<usize>), f64>,
    calibrated: bool,
    total_observed_s: f64,
}

/// One minute's sums.
#[derive(Debug, Clone)]
struct Minute {
    start: UtcTime,
    observed_s: f64,
    lines: Vec<[Counts; 2]>,
    lanes: Vec<LaneSum>,
    movements: BTreeMap<String, Counts>,
    unassigned: BTreeMap<String, Counts>,
    /// By rule: near misses by the class of who came second, and their post-encroachment times.
    conflicts: BTreeMap<String, (Counts, PetSum)>,
}

/// What one lane's states add up to, over observed seconds.
#[derive(Debug, Clone, Copy, Default)]
struct LaneSum {
    covered: f64,
    /// Vehicles per kilometre · seconds, and the seconds in which that was known.
    density: (f64, f64),
    /// The longest queue, metres; none while no scale tells.
    queue_max_m: Option<f64>,
}

impl LaneSum {
    fn add(&mut self, state: &LaneState, seconds: f64) {
        self.covered += state.covered * seconds;
        if let Some(density) = state.density {
            self.density = (self.density.0 + density * seconds, self.density.1 + seconds);
            let length = state.queue.and_then(|queue| queue.length_m).unwrap_or(0.0);
            self.queue_max_m = Some(self.queue_max_m.unwrap_or(0.0).max(length));
        }
    }
}

impl Minute {
    fn new(start: UtcTime, lines: usize, lanes: usize) -> Self {
        Self {
            start,
            observed_s: 0.0,
            lines: vec![Default::default(); lines],
            lanes: vec![LaneSum::default(); lanes],
            movements: BTreeMap::new(),
            unassigned: BTreeMap::new(),
            conflicts: BTreeMap::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.observed_s == 0.0
            && self.lines.iter().flatten().all(BTreeMap::is_empty)
            && self.movements.is_empty()
            && self.unassigned.is_empty()
            && self.conflicts.is_empty()
    }
}

impl MinuteBook {
    pub(crate) fn new(scene: &Scene) -> Self {
        Self {
            lines: scene.lines.iter().map(|line| line.id.to_string()).collect(),
            lanes: scene.lanes.iter().map(|lane| lane.id.to_string()).collect(),
            conflicts: scene
                .rules
                .iter()
                .filter(|rule| matches!(rule.kind, RuleKind::NearMiss(_)))
                .map(|rule| rule.id.to_string())
                .collect(),
            running: None,
            last_crossed: BTreeMap::new(),
            calibrated: scene.calibration.is_some(),
            total_observed_s: 0.0,
        }
    }

    /// Time reaches `now`. When that is another minute than the running one, the running one is
    /// complete and given out. The `observed_s` seconds before `now` were observed (0 when they were
    /// not), with the lanes in these states; what lies before the boundary goes to the minute before.
    pub(crate) fn advance(&mut self, now: UtcTime, observed_s: f64, lanes: &[LaneState]) -> Option<MinuteCells> {
        let start = now.minute_start();
        let into_minute = now.seconds_since(start);
        if observed_s == 0.0 {
            // Whoever crossed last before a gap says nothing about the headway after it.
            self.last_crossed.clear();
        }
        self.total_observed_s += observed_s;
        let mut complete = None;
        let mut rest = observed_s;
        if self.running.as_ref().is_some_and(|minute| minute.start != start) {
            let before = (observed_s - into_minute).max(0.0);
            self.observe(before, lanes);
            rest -= before;
            complete = self.take();
        }
        let (lines, count) = (self.lines.len(), self.lanes.len());
        self.running.get_or_insert_with(|| Minute::new(start, lines, count));
        self.observe(rest, lanes);
        complete
    }

    fn observe(&mut self, seconds: f64, lanes: &[LaneState]) {
        if let Some(minute) = self.running.as_mut().filter(|_| seconds > 0.0) {
            minute.observed_s += seconds;
            for (sum, state) in minute.lanes.iter_mut().zip(lanes) {
                sum.add(state, seconds);
            }
        }
    }

    /// Gives out the running minute as it is.
    pub(crate) fn take(&mut self) -> Option<MinuteCells> {
        let minute = self.running.take()?;
        (!minute.is_empty()).then(|| self.cells(&minute))
    }

    /// The running minute so far.
    pub(crate) fn peek(&self) -> Option<MinuteCells> {
        self.running.as_ref().filter(|minute| !minute.is_empty()).map(|minute| self.cells(minute))
    }

    /// Start of the running minute.
    pub(crate) fn running_start(&self) -> Option<UtcTime> {
        self.running.as_ref().map(|minute| minute.start)
    }

    /// Seconds observed since the pipeline began.
    pub(crate) const fn total_observed_s(&self) -> f64 {
        self.total_observed_s
    }

    /// Notes a passage.
    pub(crate) fn crossed(&mut self, passage: &Crossed) {
        let before = self.last_crossed.insert((passage.line, passage.dir, passage.lane), passage.at);
        let headway = before.map(|before| passage.at - before).filter(|gap| (0.0..=MAX_HEADWAY_S).contains(gap));
        let Some(minute) = &mut self.running else { return };
        let count = minute.lines[passage.line][passage.dir as usize].entry(passage.class).or_default();
        count.n += 1;
        if let Some(speed) = passage.speed {
            count.speed.get_or_insert_default().add(speed.kmh);
        }
        if let Some(headway) = headway {
            let sum = count.headway.get_or_insert_default();
            sum.n += 1;
            sum.sum += headway;
        }
    }

    /// Notes a track that went from one line to another.
    pub(crate) fn moved(&mut self, from: usize, to: usize, class: RoadUserClass) {
        let key = format!("{}>{}", self.lines[from], self.lines[to]);
        if let Some(minute) = &mut self.running {
            minute.movements.entry(key).or_default().entry(class).or_default().n += 1;
        }
    }

    /// Notes a track that fits no movement: by the only line it crossed, or by none.
    pub(crate) fn unassigned(&mut self, line: Option<usize>, class: RoadUserClass) {
        let key = line.map_or("none", |line| self.lines[line].as_str()).to_owned();
        if let Some(minute) = &mut self.running {
            minute.unassigned.entry(key).or_default().entry(class).or_default().n += 1;
        }
    }

    /// Notes a near miss that a rule counts, by the class of who came second and the post-encroachment time in
    /// seconds.
    pub(crate) fn near_miss(&mut self, rule: &RuleId, class: RoadUserClass, pet_s: f64) {
        if let Some(minute) = &mut self.running {
            let (counts, pets) = minute.conflicts.entry(rule.to_string()).or_default();
            counts.entry(class).or_default().n += 1;
            pets.add(pet_s);
        }
    }

    fn cells(&self, minute: &Minute) -> MinuteCells {
        let mut cells = Vec::new();
        for (key, ways) in self.lines.iter().zip(&minute.lines) {
            for dir in [Direction::Forward, Direction::Backward] {
                let classes = self.with_speeds(&ways[dir as usize]);
                cells.push(Cell { dir: Some(dir), classes, ..Cell::new(CellKind::Line, key) });
            }
        }
        for (key, sum) in self.lanes.iter().zip(&minute.lanes) {
            let occupancy = (minute.observed_s > 0.0).then(|| (sum.covered / minute.observed_s).clamp(0.0, 1.0));
            let density = (sum.density.1 > 0.0).then(|| sum.density.0 / sum.density.1);
            cells.push(Cell { occupancy, density, queue_max_m: sum.queue_max_m, ..Cell::new(CellKind::Lane, key) });
        }
        for (kind, sums) in [(CellKind::Movement, &minute.movements), (CellKind::Unassigned, &minute.unassigned)] {
            cells.extend(sums.iter().map(|(key, classes)| Cell { classes: classes.clone(), ..Cell::new(kind, key) }));
        }
        for rule in &self.conflicts {
            let known = minute.conflicts.get(rule).cloned();
            let (classes, pet) = known.map_or_else(Default::default, |(classes, pet)| (classes, Some(pet)));
            cells.push(Cell { classes, pet, ..Cell::new(CellKind::Conflict, rule) });
        }
        MinuteCells { start: minute.start, observed_s: minute.observed_s, cells }
    }

    /// On a calibrated camera every class tells how many had a speed, none included.
    fn with_speeds(&self, counts: &Counts) -> Counts {
        let mut counts = counts.clone();
        if self.calibrated {
            counts.values_mut().for_each(|count| {
                count.speed.get_or_insert_default();
            });
        }
        counts
    }
}
