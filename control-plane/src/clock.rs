//! The centre's clock, as something that tests can set.

use kerege_contract::UtcTime;
use std::fmt;
use std::sync::Arc;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UtcTime + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| UtcTime::from_millis(jiff::Timestamp::now().as_millisecond()))
    }

    /// A clock that a function tells.
    pub fn from_fn(tell: impl Fn() -> UtcTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
