//! Who is who: the one-to-one assignment with the greatest total similarity.
//!
//! Where every row and column has at most one candidate, which is most of the time, that is the
//! answer. Otherwise the candidates fall into small groups that share no row and no column, and
//! each is solved by shortest augmenting paths (the Hungarian method). All buffers are kept.

/// A reusable solver.
#[derive(Debug, Default)]
pub(crate) struct Assigner {
    group_of_row: Vec<usize>,
    group_of_col: Vec<usize>,
    rows: Vec<usize>,
    cols: Vec<usize>,
    paths: Paths,
}

/// What shortest augmenting paths need; index 0 of each is a sentinel.
#[derive(Debug, Default)]
struct Paths {
    cost: Vec<f64>,
    potential_row: Vec<f64>,
    potential_col: Vec<f64>,
    row_of_col: Vec<usize>,
    way: Vec<usize>,
    least: Vec<f64>,
    used: Vec<bool>,
}

const NONE: usize = usize::MAX;

impl Assigner {
    /// Assigns rows to columns. `similarity` is row-major, `rows` × `cols`; 0 or less means never.
    /// Pairs are written to `pairs` (cleared first) in rising order of rows.
    pub(crate) fn solve(&mut self, rows: usize, cols: usize, similarity: &[f64], pairs: &mut Vec<(usize, usize)>) {
        debug_assert_eq!(similarity.len(), rows * cols);
        pairs.clear();
        if one_to_one(rows, cols, similarity, pairs, &mut self.cols) {
            return;
        }
        pairs.clear();
        self.group_of_row.clear();
        self.group_of_row.resize(rows, NONE);
        self.group_of_col.clear();
        self.group_of_col.resize(cols, NONE);
        for row in 0..rows {
            if self.group_of_row[row] == NONE {
                self.gather(row, cols, similarity);
                self.paths.solve(&self.rows, &self.cols, cols, similarity, pairs);
            }
        }
        pairs.sort_unstable();
    }

    /// Gathers the rows and columns that hang together with a row.
    fn gather(&mut self, first: usize, cols: usize, similarity: &[f64]) {
        self.rows.clear();
        self.cols.clear();
        self.rows.push(first);
        self.group_of_row[first] = first;
        let mut next = 0;
        while next < self.rows.len() {
            let row = self.rows[next];
            next += 1;
            for col in 0..cols {
                if similarity[row * cols + col] <= 0.0 || self.group_of_col[col] != NONE {
                    continue;
                }
                self.group_of_col[col] = first;
                self.cols.push(col);
                for (other, group) in self.group_of_row.iter_mut().enumerate() {
                    if *group == NONE && similarity[other * cols + col] > 0.0 {
                        *group = first;
                        self.rows.push(other);
                    }
                }
            }
        }
    }
}

/// Takes every candidate if no two share a row or a column; tells whether that was so.
fn one_to_one(
    rows: usize,
    cols: usize,
    similarity: &[f64],
    pairs: &mut Vec<(usize, usize)>,
    taken: &mut Vec<usize>,
) -> bool {
    taken.clear();
    taken.resize(cols, NONE);
    for row in 0..rows {
        let mut mine = NONE;
        for (col, value) in similarity[row * cols..(row + 1) * cols].iter().enumerate() {
            if *value > 0.0 {
                if mine != NONE || taken[col] != NONE {
                    return false;
                }
                mine = col;
                taken[col] = row;
            }
        }
        if mine != NONE {
            pairs.push((row, mine));
        }
    }
    true
}

impl Paths {
    /// Solves one group; the shorter side is augmented.
    fn solve(
        &mut self,
        rows: &[usize],
        cols: &[usize],
        stride: usize,
        similarity: &[f64],
        pairs: &mut Vec<(usize, usize)>,
    ) {
        let turned = rows.len() > cols.len();
        let (short, long) = if turned { (cols, rows) } else { (rows, cols) };
        let at = |i: usize, j: usize| {
            let (row, col) = if turned { (long[j], short[i]) } else { (short[i], long[j]) };
            similarity[row * stride + col].max(0.0)
        };
        self.cost.clear();
        self.cost
            .extend((0..short.len()).flat_map(|i| (0..long.len()).map(move |j| (i, j))).map(|(i, j)| 1.0 - at(i, j)));
        self.augment_all(short.len(), long.len());
        for j in 1..=long.len() {
            let i = self.row_of_col[j];
            if i > 0 && at(i - 1, j - 1) > 0.0 {
                let (row, col) = if turned { (long[j - 1], short[i - 1]) } else { (short[i - 1], long[j - 1]) };
                pairs.push((row, col));
            }
        }
    }

    fn augment_all(&mut self, n: usize, m: usize) {
        self.potential_row.clear();
        self.potential_row.resize(n + 1, 0.0);
        self.potential_col.clear();
        self.potential_col.resize(m + 1, 0.0);
        self.row_of_col.clear();
        self.row_of_col.resize(m + 1, 0);
        self.way.clear();
        self.way.resize(m + 1, 0);
        for i in 1..=n {
            self.augment(i, m);
        }
    }

    /// Finds the shortest augmenting path for row `i` (from 1) and turns it over.
    fn augment(&mut self, i: usize, m: usize) {
        self.row_of_col[0] = i;
        self.least.clear();
        self.least.resize(m + 1, f64::INFINITY);
        self.used.clear();
        self.used.resize(m + 1, false);
        let mut j0 = 0;
        loop {
            self.used[j0] = true;
            let j1 = self.relax(j0, m);
            j0 = j1;
            if self.row_of_col[j0] == 0 {
                break;
            }
        }
        while j0 != 0 {
            let before = self.way[j0];
            self.row_of_col[j0] = self.row_of_col[before];
            j0 = before;
        }
    }

    /// Relaxes all columns from column `j0`'s row and returns the nearest unused one.
    fn relax(&mut self, j0: usize, m: usize) -> usize {
        let i0 = self.row_of_col[j0];
        let (mut delta, mut nearest) = (f64::INFINITY, 0);
        for j in 1..=m {
            if self.used[j] {
                continue;
            }
            let reduced = self.cost[(i0 - 1) * m + j - 1] - self.potential_row[i0] - self.potential_col[j];
            if reduced < self.least[j] {
                self.least[j] = reduced;
                self.way[j] = j0;
            }
            if self.least[j] < delta {
                delta = self.least[j];
                nearest = j;
            }
        }
        for j in 0..=m {
            if self.used[j] {
                self.potential_row[self.row_of_col[j]] += delta;
                self.potential_col[j] -= delta;
            } else {
                self.least[j] -= delta;
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solve(rows: usize, cols: usize, similarity: &[f64]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        Assigner::default().solve(rows, cols, similarity, &mut pairs);
        pairs
    }

    #[test]
    fn prefers_the_best_total_to_the_best_pair() {
        assert_eq!(solve(2, 2, &[0.9, 0.8, 0.8, 0.1]), [(0, 1), (1, 0)]);
        assert_eq!(solve(2, 2, &[0.9, 0.3, 0.3, 0.0]), [(0, 0)]);
        assert_eq!(solve(3, 1, &[0.2, 0.7, 0.5]), [(1, 0)]);
        assert_eq!(solve(2, 3, &[0.0; 6]), []);
        assert_eq!(solve(0, 0, &[]), []);
        assert_eq!(solve(0, 4, &[]), []);
    }

    /// The best total by trying everything.
    fn best(rows: usize, cols: usize, similarity: &[f64], row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == rows {
            return 0.0;
        }
        let mut total = best(rows, cols, similarity, row + 1, taken);
        for col in 0..cols {
            let value = similarity[row * cols + col];
            if value > 0.0 && !taken[col] {
                taken[col] = true;
                total = total.max(value + best(rows, cols, similarity, row + 1, taken));
                taken[col] = false;
            }
        }
        total
    }

    proptest! {
        #[test]
        fn is_one_to_one_and_the_best(
            rows in 0usize..6,
            cols in 0usize..6,
            values in prop::collection::vec(prop_oneof![Just(0.0), 0.05..1.0f64], 36),
        ) {
            let similarity = &values[..rows * cols];
            let pairs = solve(rows, cols, similarity);
            let mut seen_cols: Vec<usize> = pairs.iter().map(|pair| pair.1).collect();
            seen_cols.sort_unstable();
            seen_cols.dedup();
            prop_assert_eq!(seen_cols.len(), pairs.len());
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0));
            let total: f64 = pairs.iter().map(|(row, col)| similarity[row * cols + col]).sum();
            let expected = best(rows, cols, similarity, 0, &mut vec![false; cols]);
            prop_assert!((total - expected).abs() < 1e-9, "{} {}", total, expected);
        }

        #[test]
        fn a_used_solver_answers_like_a_new_one(first in prop::collection::vec(0.0..1.0f64, 20), second in prop::collection::vec(0.0..1.0f64, 20)) {
            let (mut used, mut pairs) = (Assigner::default(), Vec::new());
            used.solve(4, 5, &first, &mut pairs);
            used.solve(5, 4, &second, &mut pairs);
            prop_assert_eq!(pairs, solve(5, 4, &second));
        }
    }
}
