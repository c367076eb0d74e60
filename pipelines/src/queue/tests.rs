//! Lanes as tables: where vehicles are along a lane of 200 with its stop line at 180, and how fast.

use super::*;
use proptest::prelude::*;

const STOP: f64 = 180.0;

/// Vehicles of length 10 by their fronts and paces, numbered from 1, within reach of 15.
fn row(fronts_and_paces: &[(f64, f64)]) -> Vec<InLane> {
    let vehicle = |(n, (front, pace)): (usize, &(f64, f64))| InLane {
        id: TrackId(n as u64 + 1),
        span: Span { rear: front - 10.0, front: *front },
        pace: Some(*pace),
        reach: 15.0,
    };
    let mut all: Vec<InLane> = fronts_and_paces.iter().enumerate().map(vehicle).collect();
    all.sort_by(|a, b| b.span.front.total_cmp(&a.span.front));
    all
}

/// The queue of each frame as (vehicles, tail).
fn follow(frames: &[&[(f64, f64)]]) -> Vec<Option<(usize, f64)>> {
    let (gauge, mut joined) = (LaneGauge::plain(200.0, STOP), BTreeSet::new());
    let look =
        |frame: &&[(f64, f64)]| queue(&row(frame), &gauge, &mut joined).map(|queue| (queue.vehicles, queue.tail_px));
    frames.iter().map(look).collect()
}

#[test]
fn a_row_at_the_stop_line_is_a_queue_to_its_last_rear() {
    assert_eq!(follow(&[&[(178.0, 0.0), (164.0, 0.2), (150.0, 0.9)]]), [Some((3, 140.0))]);
}

#[test]
fn what_drives_or_stands_elsewhere_is_none() {
    assert_eq!(follow(&[&[(178.0, 5.0), (150.0, 6.0)]]), [None]);
    // It stands in the middle of the lane: broken down, not queueing.
    assert_eq!(follow(&[&[(100.0, 0.0), (88.0, 0.0)]]), [None]);
    // Behind a gap the row is another one.
    assert_eq!(follow(&[&[(178.0, 0.0), (120.0, 0.0)]]), [Some((1, 168.0))]);
    // Beyond the stop line nobody waits.
    assert_eq!(follow(&[&[(195.0, 0.0)]]), [None]);
}

#[test]
fn a_queue_is_dissolved_from_its_head_while_its_tail_stands_and_grows() {
    let frames: [&[(f64, f64)]; 4] = [
        &[(178.0, 0.0), (164.0, 0.0), (150.0, 0.0)],
        // Green: the first has left, the second drives, a fourth joins at the tail.
        &[(230.0, 9.0), (172.0, 2.0), (150.0, 0.0), (136.0, 0.5)],
        &[(280.0, 9.0), (220.0, 9.0), (160.0, 4.0), (136.0, 1.5)],
        &[(330.0, 9.0), (270.0, 9.0), (210.0, 9.0), (170.0, 8.0)],
    ];
    assert_eq!(follow(&frames), [Some((3, 140.0)), Some((3, 126.0)), Some((1, 126.0)), None]);
}

#[test]
fn a_vehicle_that_stops_and_goes_stays_in() {
    let creeping: [&[(f64, f64)]; 3] = [&[(160.0, 0.8)], &[(168.0, 2.5)], &[(174.0, 0.1)]];
    assert_eq!(follow(&creeping), [None, None, Some((1, 164.0))], "it was out of reach at first");
    let creeping: [&[(f64, f64)]; 3] = [&[(166.0, 0.8)], &[(172.0, 2.5)], &[(176.0, 0.1)]];
    assert_eq!(follow(&creeping), [Some((1, 156.0)), Some((1, 162.0)), Some((1, 166.0))]);
}

#[test]
fn covered_length_counts_overlaps_once_and_stays_within_the_lane() {
    let share = |fronts: &[(f64, f64)]| covered(&row(fronts), 200.0);
    assert!((share(&[(100.0, 0.0), (50.0, 0.0)]) - 0.1).abs() < 1e-12);
    assert!((share(&[(100.0, 0.0), (95.0, 0.0)]) - 0.075).abs() < 1e-12);
    assert!((share(&[(204.0, 0.0), (5.0, 0.0)]) - (6.0 + 5.0) / 200.0).abs() < 1e-12);
    assert_eq!(covered(&[], 0.0), 0.0);
}

proptest! {
    #[test]
    fn the_length_grows_with_the_row_and_never_passes_the_lane(
        fronts in prop::collection::vec((0.0..200.0f64, 0.0..4.0f64), 0..12),
    ) {
        let (gauge, vehicles) = (LaneGauge::plain(200.0, STOP), row(&fronts));
        let found = queue(&vehicles, &gauge, &mut BTreeSet::new());
        if let Some(found) = found {
            prop_assert!(found.vehicles >= 1 && found.vehicles <= vehicles.len());
            prop_assert!(found.tail_px < STOP && found.tail_px >= -10.0);
            // One more that stands close behind the tail makes it longer.
            let mut more = fronts.clone();
            more.push((found.tail_px - 2.0, 0.0));
            let longer = queue(&row(&more), &gauge, &mut BTreeSet::new()).unwrap();
            prop_assert!(longer.tail_px <= found.tail_px - 12.0 + 1e-9);
        }
    }

    #[test]
    fn moved_along_with_its_stop_line_it_is_the_same(
        fronts in prop::collection::vec((0.0..200.0f64, 0.0..4.0f64), 0..12), shift in -50.0..50.0f64,
    ) {
        let moved: Vec<(f64, f64)> = fronts.iter().map(|(front, pace)| (front + shift, *pace)).collect();
        let here = queue(&row(&fronts), &LaneGauge::plain(200.0, STOP), &mut BTreeSet::new());
        let there = queue(&row(&moved), &LaneGauge::plain(200.0, STOP + shift), &mut BTreeSet::new());
        prop_assert_eq!(here.map(|queue| queue.vehicles), there.map(|queue| queue.vehicles));
        if let (Some(here), Some(there)) = (here, there) {
            prop_assert!((here.tail_px + shift - there.tail_px).abs() < 1e-9);
        }
    }
}
