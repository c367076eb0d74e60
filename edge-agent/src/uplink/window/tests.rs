//! The window against a broker and a centre that lose, repeat and reorder.

use super::*;
use proptest::prelude::*;

fn event(seq: u64) -> ItemKey {
    ItemKey::Event { epoch: 1, seq }
}

#[test]
fn a_fresh_incident_overtakes_and_is_not_sent_twice() {
    let mut window = Window::new(WindowLimits { in_flight: 2, ..WindowLimits::default() });
    for seq in 1..=10 {
        assert!(window.offer(event(seq), Lane::Backlog));
    }
    assert_eq!((window.next(0), window.next(0), window.next(0)), (Some(event(1)), Some(event(2)), None));
    window.offer(event(9), Lane::Fresh);
    window.acknowledged(event(1), 0);
    assert_eq!(window.next(0), Some(event(9)));
    let mut rest = Vec::new();
    for seq in [2, 9, 3, 4, 5, 6, 7, 8] {
        window.acknowledged(event(seq), 0);
        rest.extend(window.next(0));
    }
    assert_eq!(rest, [3, 4, 5, 6, 7, 8, 10].map(event));
}

#[test]
fn without_receipt_it_goes_again_after_30_s_and_then_ever_more_rarely() {
    let mut window = Window::new(WindowLimits::default());
    window.offer(event(1), Lane::Backlog);
    let (mut now, mut gaps) = (0, Vec::new());
    for _ in 0..8 {
        assert_eq!(window.next(now), Some(event(1)));
        window.acknowledged(event(1), now);
        assert_eq!(window.next(now), None);
        let due = window.next_due().unwrap();
        gaps.push((due - now) / 1000);
        now = due;
    }
    assert_eq!(gaps, [30, 60, 120, 240, 480, 900, 900, 900]);
    window.done(event(1));
    assert_eq!((window.next_due(), window.next(u64::MAX / 2), window.unreceipted()), (None, None, 0));
}

#[test]
fn a_receipt_before_the_acknowledgement_keeps_the_place_taken() {
    let mut window = Window::new(WindowLimits { in_flight: 1, ..WindowLimits::default() });
    window.offer(event(1), Lane::Backlog);
    window.offer(event(2), Lane::Backlog);
    window.next(0);
    window.done(event(1));
    assert_eq!(window.next(0), None);
    window.acknowledged(event(1), 0);
    assert_eq!(window.next(0), Some(event(2)));
}

#[test]
fn a_full_memory_refuses_the_backlog_before_the_fresh() {
    let mut window = Window::new(WindowLimits { tracked: 4, ..WindowLimits::default() });
    let taken = (1..=9).filter(|seq| window.offer(event(*seq), Lane::Backlog)).count();
    assert_eq!((taken, window.room(Lane::Backlog), window.room(Lane::Fresh)), (4, 0, 2));
    assert!(window.offer(event(20), Lane::Fresh));
}

#[derive(Debug, Clone)]
enum Act {
    Offer(Lane),
    Send,
    /// The broker acknowledges one of those in flight; whether it keeps the message.
    Ack(usize, bool),
    /// The centre stores one of those that the broker kept, in any order, perhaps twice.
    Deliver(usize, bool),
    Disconnect,
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Offer(Lane::Backlog)),
        1 => Just(Act::Offer(Lane::Fresh)),
        5 => Just(Act::Send),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(at, kept)| Act::Ack(at, kept)),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(at, twice)| Act::Deliver(at, twice)),
        1 => Just(Act::Disconnect),
        2 => (1u64..60_000).prop_map(Act::Pass),
    ]
}

#[derive(Default)]
struct World {
    window: Window,
    flying: Vec<ItemKey>,
    broker: Vec<ItemKey>,
    stored: HashSet<ItemKey>,
    offered: u64,
    now: u64,
}

impl World {
    fn act(&mut self, act: &Act) {
        match act {
            Act::Offer(lane) => {
                if self.window.offer(event(self.offered + 1), *lane) {
                    self.offered += 1;
                }
            }
            Act::Send => self.flying.extend(self.window.next(self.now)),
            Act::Ack(at, kept) if !self.flying.is_empty() => {
                let key = self.flying.swap_remove(at % self.flying.len());
                self.window.acknowledged(key, self.now);
                if *kept {
                    self.broker.push(key);
                }
            }
            Act::Deliver(at, twice) if !self.broker.is_empty() => {
                let key = self.broker.swap_remove(at % self.broker.len());
                self.stored.insert(key);
                self.window.done(key);
                if *twice {
                    self.broker.push(key);
                }
            }
            Act::Disconnect => {
                // Some of what was in flight arrived all the same.
                self.broker.extend(self.flying.iter().step_by(2));
                self.flying.clear();
                self.window.disconnected(self.now);
            }
            Act::Pass(ms) => self.now += ms,
            Act::Ack(..) | Act::Deliver(..) => {}
        }
    }
}

proptest! {
    /// Whatever the network does: never more than the limit in flight, never one twice at a time,
    /// nothing forgotten, and once the network is kind everything arrives.
    #[test]
    fn everything_arrives_at_last(acts in proptest::collection::vec(act(), 1..300)) {
        let limits = WindowLimits { in_flight: 4, tracked: 40, ..WindowLimits::default() };
        let mut world = World { window: Window::new(limits), ..World::default() };
        for act in &acts {
            world.act(act);
            prop_assert!(world.window.in_flight() <= 4);
            let distinct: HashSet<_> = world.flying.iter().collect();
            prop_assert_eq!(distinct.len(), world.flying.len());
            for seq in 1..=world.offered {
                let known = world.window.tracked().contains(&event(seq));
                prop_assert!(known || world.stored.contains(&event(seq)), "{} is forgotten", seq);
            }
        }
        for _ in 0..world.offered * 4 + 10 {
            world.act(&Act::Pass(900_000));
            for _ in 0..8 {
                world.act(&Act::Send);
                world.act(&Act::Ack(0, true));
                world.act(&Act::Deliver(0, false));
            }
        }
        prop_assert_eq!(world.stored.len() as u64, world.offered);
        prop_assert!(world.window.tracked().is_empty());
    }
}
