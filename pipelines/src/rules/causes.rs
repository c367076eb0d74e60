//! From claims to incidents: one state machine for all rules.
//!
//! *Candidate* until the claim has lasted for its confirm time; then *open*. When the claim has been
//! absent for longer than the maximum gap the incident is *ending*: it stays the same incident should
//! the cause come back within the cooldown, and ends after it, telling when it really ceased. What was
//! open when the camera or the box was interrupted is *waiting* to be found again.

use super::cast::Cast;
use super::claim::{About, Claim, Course, Spot};
use super::schedule;
use crate::clock::Clock;
use crate::{IncidentChange, IncidentKey, OpenIncident, Reason, RuleOptions, TrackId};
use kerege_contract::event::{EventObject, EventType, Phase, Severity};
use kerege_contract::{FramePoint, FrameSize, PixelPoint, Scene, UtcTime};

/// At most one update for newly attached road users in this time, seconds.
const UPDATE_EVERY_S: f64 = 5.0;

/// Who took part in a cause so lately is no cause of his own, seconds.
const FORMER_S: f64 = 10.0;

/// Two tracks on one vehicle are nearer than this share of what is the same place; and so near is what stands in
/// another lane of late to what stood in this one.
const SAME_VEHICLE: f64 = 0.1;
const OTHER_LANE: f64 = 0.25;
/// Who is farther off than this share of it has left the place.
const OFF: f64 = 0.4;

/// Where a cause stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Candidate,
    Open,
    Ending(Reason),
    Waiting,
}

/// One cause, from candidate to end.
#[derive(Debug, Clone)]
struct Cause {
    /// Number of the rule in the scene; none when a resumed incident's rule is no longer there.
    rule: Option<usize>,
    stage: Stage,
    key: IncidentKey,
    kind: EventType,
    severity: Severity,
    /// Who causes it; none after an interruption.
    about: Option<About>,
    members: Vec<TrackId>,
    /// Who took part in it of late, and until when, pipeline seconds.
    former: Vec<(TrackId, f64)>,
    objects: Vec<EventObject>,
    place: PixelPoint,
    since_utc: UtcTime,
    /// When it was last claimed, and when those that cause it were last seen while it was.
    held: f64,
    seen: f64,
    held_utc: UtcTime,
    /// How long it must be absent before it is over, seconds, and why it is then.
    clear_s: f64,
    over: Reason,
    /// Why it is absent, once it has been for longer than the maximum gap.
    ceased: Option<Reason>,
    /// How far off it is another place, square pixels; and whether the one that caused it was seen that far off since.
    reach: f64,
    left: bool,
    /// When it was last told of, and with how many attached.
    told: f64,
    told_members: usize,
}

/// All causes of one camera.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    list: Vec<Cause>,
}

/// What the machine needs to know beside the claims.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'p> {
    pub(crate) scene: &'p Scene,
    pub(crate) clock: &'p Clock,
    pub(crate) options: &'p RuleOptions,
    pub(crate) frame: FrameSize,
    pub(crate) cast: &'p Cast<'p>,
    /// Whether the camera may show another place: what is confirmed then begins once it is known not to.
    pub(crate) doubtful: bool,
}

impl Moment<'_> {
    /// Why a cause that nobody claims any more ceased.
    fn ceased(&self, cause: &Cause) -> Reason {
        let in_force = cause
            .rule
            .map(|rule| &self.scene.rules[rule].schedule)
            .is_some_and(|schedule| schedule::in_force(schedule, self.clock.utc(), self.options.utc_offset_min));
        let here = cause.about.is_some_and(|about| {
            matches!(about, About::Spot | About::Thing) || about.users().any(|id| self.cast.is_seen(id))
        });
        match (in_force, here) {
            (false, _) => Reason::Unscheduled,
            (true, true) => cause.over,
            (true, false) => Reason::Left,
        }
    }
}

impl Causes {
    /// Takes one frame's claims.
    pub(crate) fn advance(&mut self, claims: &[Claim], moment: &Moment<'_>, out: &mut Vec<IncidentChange>) {
        for claim in claims {
            match self.find(claim, claims, moment) {
                Some(index) => self.list[index].hold(claim, moment, out),
                None => {
                    self.list.push(Cause::candidate(claim, moment));
                    let newest = self.list.len() - 1;
                    self.list[newest].hold(claim, moment, out);
                }
            }
        }
        let now = moment.clock.now();
        for cause in &mut self.list {
            let away = now - cause.held;
            cause.left |= away > moment.options.max_gap_s && cause.is_off(moment);
            if cause.stage != Stage::Open || away <= moment.options.max_gap_s {
                continue;
            }
            // Told now, while those that caused it are still there; later they may have left.
            let reason = cause.ceased.unwrap_or_else(|| moment.ceased(cause));
            cause.ceased = Some(reason);
            if away > cause.clear_s {
                cause.stage = Stage::Ending(reason);
            }
        }
        self.expire(moment.scene, moment.clock, moment.clock.utc(), moment.options, out);
    }

    /// Ends what has been away for longer than it may, and drops candidates that ceased. `utc` is the
    /// time it is now, which may be later than the newest frame.
    pub(crate) fn expire(
        &mut self,
        scene: &Scene,
        clock: &Clock,
        utc: UtcTime,
        options: &RuleOptions,
        out: &mut Vec<IncidentChange>,
    ) {
        let now = clock.at_utc(utc);
        self.list.retain(|cause| {
            let away = now - cause.held;
            let cooldown = cause.rule.map_or(0.0, |rule| scene.rules[rule].cooldown_s);
            let reason = match cause.stage {
                Stage::Candidate => return away <= options.max_gap_s,
                Stage::Open => return true,
                Stage::Ending(reason) => (away > cooldown).then_some(reason),
                Stage::Waiting => {
                    let unseen_s = utc.seconds_since(cause.held_utc);
                    (cause.rule.is_none() || unseen_s > options.resume_s).then_some(Reason::Restarted)
                }
            };
            if let Some(reason) = reason {
                out.push(cause.end(reason, clock, utc));
            }
            reason.is_none()
        });
    }

    /// The camera is interrupted: what is open waits to be found again.
    pub(crate) fn interrupt(&mut self) {
        self.list.retain(|cause| cause.stage != Stage::Candidate);
        for cause in &mut self.list {
            if cause.stage == Stage::Open {
                cause.stage = Stage::Waiting;
            }
            cause.about = None;
            cause.members.clear();
            cause.former.clear();
        }
    }

    /// Gives out the ends that waited for their cooldown.
    pub(crate) fn settle(&mut self, clock: &Clock, out: &mut Vec<IncidentChange>) {
        self.list.retain(|cause| match cause.stage {
            Stage::Ending(reason) => {
                out.push(cause.end(reason, clock, clock.utc()));
                false
            }
            _ => true,
        });
    }

    /// Incidents that began and have not ended.
    pub(crate) fn open(&self) -> Vec<OpenIncident> {
        let told = self.list.iter().filter(|cause| cause.stage != Stage::Candidate);
        told.map(|cause| OpenIncident {
            key: cause.key.clone(),
            kind: cause.kind,
            severity: cause.severity,
            since: cause.since_utc,
            last_seen: cause.held_utc,
            objects: cause.objects.clone(),
        })
        .collect()
    }

    /// Takes up incidents that were open before a restart.
    pub(crate) fn resume(&mut self, open: Vec<OpenIncident>, scene: &Scene) {
        self.list.extend(open.into_iter().map(|open| Cause {
            rule: scene.rules.iter().position(|rule| rule.id == open.key.rule && rule.kind.event_type() == open.kind),
            stage: Stage::Waiting,
            key: open.key,
            kind: open.kind,
            severity: open.severity,
            about: None,
            members: Vec::new(),
            former: Vec::new(),
            objects: open.objects,
            place: PixelPoint::default(),
            since_utc: open.since,
            held: f64::NEG_INFINITY,
            seen: f64::NEG_INFINITY,
            held_utc: open.last_seen,
            clear_s: 0.0,
            over: Reason::Cleared,
            ceased: None,
            reach: -1.0,
            left: false,
            told: f64::NEG_INFINITY,
            told_members: 0,
        }));
    }

    /// The cause that a claim is about: by those that cause it, by one that is attached to the other,
    /// or by its place.
    fn find(&self, claim: &Claim, claims: &[Claim], moment: &Moment<'_>) -> Option<usize> {
        let whole = claim.about == About::Spot;
        let same: [&dyn Fn(&Cause) -> bool; 5] = [
            &|cause| cause.is_about(claim, moment),
            &|cause| claim.causers().any(|user| cause.has(user)),
            &|cause| cause.about.is_some_and(|about| about.users().any(|user| claim.follows(user))),
            // The same row of vehicles, told by another lane.
            &|cause| whole && cause.members.iter().any(|member| claim.members.contains(member)),
            &|cause| cause.is_at(claim, moment),
        ];
        let told = |cause: &Cause| cause.stage != Stage::Candidate;
        let find = |wanted: bool, same: &dyn Fn(&Cause) -> bool| {
            let mine = |cause: &Cause| {
                cause.rule == Some(claim.rule) && told(cause) == wanted && !cause.gave_way(claim, claims, moment)
            };
            self.list.iter().position(|cause| mine(cause) && same(cause))
        };
        // What was told of already comes first: who becomes another's follower, or heads his row, is no second cause.
        [true, false].iter().find_map(|wanted| same.iter().find_map(|same| find(*wanted, same)))
    }
}

impl Cause {
    fn candidate(claim: &Claim, moment: &Moment<'_>) -> Self {
        let rule = &moment.scene.rules[claim.rule];
        Self {
            rule: Some(claim.rule),
            stage: Stage::Candidate,
            key: key(claim, moment),
            kind: rule.kind.event_type(),
            severity: rule.severity,
            about: Some(claim.about),
            members: Vec::new(),
            former: Vec::new(),
            objects: Vec::new(),
            place: claim.place,
            since_utc: moment.clock.utc_of(claim.since),
            held: f64::NEG_INFINITY,
            seen: f64::NEG_INFINITY,
            held_utc: moment.clock.utc(),
            clear_s: claim.clear_s,
            over: claim.over,
            ceased: None,
            reach: -1.0,
            left: false,
            told: f64::NEG_INFINITY,
            told_members: 0,
        }
    }

    /// Whether a claim is about the same road users; or about the same spot as a whole.
    fn is_about(&self, claim: &Claim, moment: &Moment<'_>) -> bool {
        if claim.about == About::Spot {
            return self.is_on_spot(claim.spot, moment);
        }
        self.about.is_some_and(|about| about.is_same(claim.about))
    }

    /// Whether the one that caused it, and stood there, is seen elsewhere.
    fn is_off(&self, moment: &Moment<'_>) -> bool {
        let Some(About::One(user)) = self.about.filter(|_| self.reach > 0.0) else { return false };
        moment.cast.place(user).is_some_and(|place| place.distance(self.place) > OFF * self.reach)
    }

    /// Whether the one that caused it is seen to have moved, and a claim is about somebody else: who moves up into his
    /// place waits for reasons of his own, and while he does not do so for long enough nothing goes on. Nor is it the same
    /// that who waited here drove on and breaks down elsewhere.
    fn gave_way(&self, claim: &Claim, claims: &[Claim], moment: &Moment<'_>) -> bool {
        let Some(About::One(user)) = self.about.filter(|_| self.reach > 0.0) else { return false };
        if claim.course == Course::Stands
            && claim.since > self.held
            && self.place.distance(claim.place) > self.reach.min(claim.reach)
        {
            return true;
        }
        let names = |claim: &Claim| claim.follows(user) || claim.about.users().any(|one| one == user);
        if names(claim) || claims.iter().any(|other| other.rule == claim.rule && names(other)) {
            return false;
        }
        let sure = moment.clock.now() - claim.since >= claim.confirm_s;
        self.left || (!sure && moment.cast.is_seen(user))
    }

    fn is_on_spot(&self, spot: Spot, moment: &Moment<'_>) -> bool {
        let lane = spot.lane.map(|lane| &moment.scene.lanes[lane].id);
        self.key.lane.as_ref() == lane && self.is_in_area(spot, moment)
    }

    /// Whether it is the same zone and line, in whichever lane.
    fn is_in_area(&self, spot: Spot, moment: &Moment<'_>) -> bool {
        let (key, scene) = (&self.key, moment.scene);
        key.lane.is_some() == spot.lane.is_some()
            && key.zone.as_ref() == spot.zone.map(|zone| &scene.zones[zone].id)
            && key.line.as_ref() == spot.line.map(|line| &scene.lines[line].id)
    }

    /// Whether a claim is made where this cause is. One that waits knows where it began; what moves is
    /// anywhere in its lane or zone by now.
    fn is_at(&self, claim: &Claim, moment: &Moment<'_>) -> bool {
        if claim.about == About::Spot || !self.is_in_area(claim.spot, moment) {
            return false;
        }
        // One that is claimed in this very frame is another, unless two tracks lie on one vehicle; who stands on a
        // dividing line, or was pushed over it, is now in one lane and now in the other.
        let here = self.is_on_spot(claim.spot, moment);
        let reach = match (self.held < moment.clock.now(), here) {
            (true, true) => claim.reach,
            // One who waits in the next lane, for a shorter time, does not put off that this one is told of.
            (true, false) if claim.course == Course::Stands && self.stage != Stage::Candidate => {
                claim.reach * OTHER_LANE
            }
            (false, true) => claim.reach * SAME_VEHICLE,
            _ => return false,
        };
        match (self.stage, claim.course) {
            (Stage::Waiting, Course::Moves | Course::Drives) => true,
            (Stage::Waiting, Course::Passes) => false,
            (Stage::Waiting, Course::Stands) => moment.frame.pixel(self.key.place).distance(claim.place) <= claim.reach,
            // What passes is known again for a moment only: the next one comes the same way.
            (_, Course::Passes) if moment.clock.now() - self.held > moment.options.max_gap_s => false,
            // Two that were seen doing it at one time are two.
            (_, Course::Drives) if claim.since < self.seen => false,
            _ => self.place.distance(claim.place) <= reach,
        }
    }

    /// The claim goes on (or comes back).
    fn hold(&mut self, claim: &Claim, moment: &Moment<'_>, out: &mut Vec<IncidentChange>) {
        let now = moment.clock.now();
        if self.held >= now {
            // Another claim of this frame has told of it.
            self.remember(claim, now);
            return self.attach(claim);
        }
        let was = self.stage;
        self.note(claim, moment);
        match was {
            Stage::Candidate if now - claim.since >= claim.confirm_s && !moment.doubtful => {
                self.start(claim, moment, out);
            }
            Stage::Candidate => {}
            Stage::Waiting => {
                self.stage = Stage::Open;
                self.tell(Phase::Update, Some(Reason::Continued), claim, moment, out);
            }
            Stage::Open | Stage::Ending(_) => {
                self.stage = Stage::Open;
                if claim.members.len() > self.told_members && now - self.told >= UPDATE_EVERY_S {
                    self.tell(Phase::Update, Some(Reason::Attached), claim, moment, out);
                }
            }
        }
    }

    fn note(&mut self, claim: &Claim, moment: &Moment<'_>) {
        self.about = Some(claim.about);
        self.place = claim.place;
        (self.clear_s, self.over, self.ceased) = (claim.clear_s, claim.over, None);
        let stands = claim.course == Course::Stands && matches!(claim.about, About::One(_));
        (self.reach, self.left) = (if stands { claim.reach } else { -1.0 }, false);
        self.held = moment.clock.now();
        self.held_utc = moment.clock.utc();
        if claim.about.users().any(|user| moment.cast.is_seen(user)) {
            self.seen = self.held;
        }
        self.remember(claim, self.held);
        // Those who walk together part and meet again: who once took part in it does not begin another.
        if matches!(claim.course, Course::Moves | Course::Drives) {
            self.attach(claim);
        } else {
            self.members.clone_from(&claim.members);
        }
    }

    /// Whether a road user belongs to it, or did a moment ago: who heads a row now and then is one cause.
    fn has(&self, user: TrackId) -> bool {
        self.members.contains(&user) || self.former.iter().any(|(former, _)| *former == user)
    }

    fn remember(&mut self, claim: &Claim, now: f64) {
        let users = || claim.about.users().chain(claim.members.iter().copied());
        self.former.retain(|(user, at)| now - at <= FORMER_S && !users().any(|one| one == *user));
        self.former.extend(users().map(|user| (user, now)));
    }

    fn attach(&mut self, claim: &Claim) {
        for user in claim.about.users().chain(claim.members.iter().copied()) {
            if !self.members.contains(&user) {
                self.members.push(user);
            }
        }
    }

    fn start(&mut self, claim: &Claim, moment: &Moment<'_>, out: &mut Vec<IncidentChange>) {
        self.stage = Stage::Open;
        self.key = key(claim, moment);
        self.since_utc = moment.clock.utc_of(claim.since);
        self.tell(Phase::Start, None, claim, moment, out);
    }

    fn tell(
        &mut self,
        phase: Phase,
        reason: Option<Reason>,
        claim: &Claim,
        moment: &Moment<'_>,
        out: &mut Vec<IncidentChange>,
    ) {
        let clock = moment.clock;
        self.told = clock.now();
        self.told_members = claim.members.len();
        self.objects = match &claim.evidence {
            Some(evidence) if phase == Phase::Start => evidence.objects.clone(),
            _ => moment.cast.objects(claim.about, &claim.members),
        };
        let at = if phase == Phase::Start { claim.since } else { clock.now() };
        let mut change =
            self.change(phase, reason, (clock.t_of(at), clock.utc_of(at)), (clock.t_of(clock.now()), clock.utc()));
        let evidence = claim.evidence.as_ref().filter(|_| phase == Phase::Start);
        change.signals = evidence.and_then(|evidence| evidence.signals.clone());
        out.push(change);
    }

    fn end(&self, reason: Reason, clock: &Clock, utc: UtcTime) -> IncidentChange {
        let held = if self.held.is_finite() { self.held } else { clock.at_utc(self.held_utc) };
        let ceased = (clock.t_of(held), self.held_utc);
        self.change(Phase::End, Some(reason), ceased, (clock.t_of(clock.at_utc(utc)), utc))
    }

    fn change(
        &self,
        phase: Phase,
        reason: Option<Reason>,
        (t, utc): (f64, UtcTime),
        (detected_t, detected_utc): (f64, UtcTime),
    ) -> IncidentChange {
        IncidentChange {
            key: self.key.clone(),
            phase,
            kind: self.kind,
            rule: self.key.rule.clone(),
            lane: self.key.lane.clone(),
            severity: self.severity,
            objects: self.objects.clone(),
            t,
            utc,
            detected_t,
            detected_utc,
            reason,
            signals: None,
        }
    }
}

fn key(claim: &Claim, moment: &Moment<'_>) -> IncidentKey {
    let round = |value: f64| (value.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0;
    let (scene, place): (_, FramePoint) = (moment.scene, moment.frame.frame_point(claim.place));
    IncidentKey {
        rule: scene.rules[claim.rule].id.clone(),
        lane: claim.spot.lane.map(|lane| scene.lanes[lane].id.clone()),
        zone: claim.spot.zone.map(|zone| scene.zones[zone].id.clone()),
        line: claim.spot.line.map(|line| scene.lines[line].id.clone()),
        place: FramePoint { x: round(place.x), y: round(place.y) },
    }
}
