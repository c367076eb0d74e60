//! Who belongs together: causes that are near one another are one cause.

/// Splits the numbers `0..count` into groups in which each is near another one. Groups and their
/// members are in rising order.
pub(crate) fn groups(count: usize, near: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    for number in 0..count {
        let (mut joined, apart): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|group| group.iter().any(|member| near(*member, number)));
        joined.push(vec![number]);
        let mut group: Vec<usize> = joined.into_iter().flatten().collect();
        group.sort_unstable();
        all = apart;
        all.push(group);
    }
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_join_and_strangers_stay_apart() {
        let places = [0.0_f64, 9.0, 1.0, 20.0, 2.0, 8.0, 21.0];
        let near = |a: usize, b: usize| (places[a] - places[b]).abs() <= 1.0;
        assert_eq!(groups(places.len(), near), [vec![0, 2, 4], vec![1, 5], vec![3, 6]]);
        // The last one joins two groups.
        assert_eq!(groups(3, |a, b| a == 2 || b == 2), [vec![0, 1, 2]]);
        assert!(groups(0, |_, _| true).is_empty());
    }
}
