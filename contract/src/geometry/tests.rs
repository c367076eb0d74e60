//! Tables and properties of the geometry.

use super::*;
use proptest::prelude::*;

const fn p(x: f64, y: f64) -> PixelPoint {
    PixelPoint::new(x, y)
}

#[test]
fn the_right_hand_of_a_line_is_positive() {
    // Standing at the bottom and looking up the picture, the right hand is to the right.
    assert_eq!(side_of_line(p(5.0, 10.0), p(5.0, 0.0), p(8.0, 5.0)), 3.0);
    assert_eq!(side_of_line(p(5.0, 10.0), p(5.0, 0.0), p(1.0, 5.0)), -4.0);
    assert_eq!(side_of_line(p(5.0, 5.0), p(5.0, 5.0), p(1.0, 5.0)), 0.0);
}

#[test]
fn anamorphic_frames_are_stretched_first() {
    let size = FrameSize { width: 720, height: 576, pixel_aspect: 16.0 / 15.0 };
    let corner = size.pixel(FramePoint { x: 1.0, y: 1.0 });
    assert_eq!((corner.x, corner.y), (768.0, 576.0));
    assert_eq!(size.frame_point(corner), FramePoint { x: 1.0, y: 1.0 });
}

#[test]
fn a_step_crosses_a_segment_where_it_does() {
    let (a, b) = (p(0.0, 0.0), p(10.0, 0.0));
    assert_eq!(crossing_fraction(p(5.0, -1.0), p(5.0, 3.0), a, b), Some(0.25));
    assert_eq!(crossing_fraction(p(11.0, -1.0), p(11.0, 3.0), a, b), None);
    assert_eq!(crossing_fraction(p(5.0, 1.0), p(5.0, 3.0), a, b), None);
    assert_eq!(crossing_fraction(p(0.0, 1.0), p(9.0, 1.0), a, b), None);
}

#[test]
fn simple_polygons_are_told_from_crossed_ones() {
    let square = [p(0.0, 0.0), p(1.0, 0.0), p(1.0, 1.0), p(0.0, 1.0)];
    let bow_tie = [p(0.0, 0.0), p(1.0, 1.0), p(1.0, 0.0), p(0.0, 1.0)];
    let spike = [p(0.0, 0.0), p(2.0, 0.0), p(1.0, 0.0), p(0.0, 1.0)];
    let touching = [p(0.0, 0.0), p(4.0, 0.0), p(4.0, 2.0), p(2.0, 0.0), p(0.0, 2.0)];
    assert!(polygon_is_simple(&square));
    assert!(!polygon_is_simple(&bow_tie));
    assert!(!polygon_is_simple(&spike));
    assert!(!polygon_is_simple(&touching));
}

fn point() -> impl Strategy<Value = PixelPoint> {
    (-100.0..100.0, -100.0..100.0).prop_map(|(x, y)| p(x, y))
}

fn boxes() -> impl Strategy<Value = PixelBox> {
    (-50.0..50.0, -50.0..50.0, 0.0..60.0, 0.0..60.0).prop_map(|(x1, y1, w, h)| PixelBox {
        x1,
        y1,
        x2: x1 + w,
        y2: y1 + h,
    })
}

proptest! {
    #[test]
    fn iou_is_symmetric_and_between_0_and_1(a in boxes(), b in boxes()) {
        prop_assert!((0.0..=1.0 + 1e-9).contains(&a.iou(b)));
        prop_assert!((a.iou(b) - b.iou(a)).abs() < 1e-9);
        if a.area() > 1e-6 { prop_assert!((a.iou(a) - 1.0).abs() < 1e-9); }
    }

    #[test]
    fn turning_a_line_round_swaps_its_sides(a in point(), b in point(), c in point()) {
        prop_assert!((side_of_line(a, b, c) + side_of_line(b, a, c)).abs() < 1e-6);
    }

    #[test]
    fn mirroring_the_picture_swaps_sides(a in point(), b in point(), c in point()) {
        let mirror = |q: PixelPoint| p(-q.x, q.y);
        prop_assert!((side_of_line(a, b, c) + side_of_line(mirror(a), mirror(b), mirror(c))).abs() < 1e-6);
    }

    #[test]
    fn winding_does_not_change_what_a_polygon_holds(corners in prop::collection::vec(point(), 3..8), c in point()) {
        let reversed: Vec<_> = corners.iter().rev().copied().collect();
        prop_assert_eq!(polygon_contains(&corners, c), polygon_contains(&reversed, c));
        prop_assert!((polygon_area(&corners) - polygon_area(&reversed)).abs() < 1e-6);
    }

    #[test]
    fn a_triangle_holds_its_middle(a in point(), b in point(), c in point()) {
        prop_assume!(polygon_area(&[a, b, c]) > 1.0);
        let middle = p((a.x + b.x + c.x) / 3.0, (a.y + b.y + c.y) / 3.0);
        prop_assert!(polygon_contains(&[a, b, c], middle));
        prop_assert!(polygon_is_simple(&[a, b, c]));
    }

    #[test]
    fn crossing_point_lies_on_both(a in point(), b in point(), from in point(), to in point()) {
        if let Some(t) = crossing_fraction(from, to, a, b) {
            prop_assert!(side_of_line(a, b, from.toward(to, t)).abs() < 1e-6);
        }
    }
}

#[test]
fn a_point_is_as_far_from_a_polygon_as_from_its_nearest_edge_or_corner() {
    let p = PixelPoint::new;
    let square = [p(0.0, 0.0), p(10.0, 0.0), p(10.0, 10.0), p(0.0, 10.0)];
    for (point, distance) in [(p(5.0, 5.0), 0.0), (p(5.0, -3.0), 3.0), (p(13.0, 14.0), 5.0), (p(10.0, 5.0), 0.0)] {
        assert!((polygon_distance(&square, point) - distance).abs() < 1e-9, "{point:?}");
    }
    // A segment without length is its point.
    assert_eq!(segment_distance(p(1.0, 1.0), p(1.0, 1.0), p(4.0, 5.0)), 5.0);
}
