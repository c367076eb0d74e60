//! Several measurements of one thing: the middle one, and how far they lie apart.

/// Measurements of one quantity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures(Vec<f64>);

impl Figures {
    /// Adds one.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one (of an even number the mean of the two in the middle); 0 without any.
    #[must_use]
    pub fn median(&self) -> f64 {
        match (self.0.len(), self.0.len() / 2) {
            (0, _) => 0.0,
            (count, middle) if count % 2 == 1 => self.0[middle],
            (_, middle) => f64::midpoint(self.0[middle - 1], self.0[middle]),
        }
    }

    /// The smallest and the largest; 0 without any.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.0.first().copied().unwrap_or(0.0), self.0.last().copied().unwrap_or(0.0))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<f64> for Figures {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut figures = Self::default();
        values.into_iter().for_each(|value| figures.add(value));
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends() {
        let cases = [
            (vec![], 0.0, (0.0, 0.0)),
            (vec![3.0], 3.0, (3.0, 3.0)),
            (vec![3.0, 1.0], 2.0, (1.0, 3.0)),
            (vec![9.0, 1.0, 2.0], 2.0, (1.0, 9.0)),
        ];
        for (values, median, range) in cases {
            let figures: Figures = values.into_iter().collect();
            assert_eq!((figures.median(), figures.range()), (median, range));
        }
    }
}
