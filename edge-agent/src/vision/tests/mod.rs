//! Lookouts on pictures: drawn streets, the demo's clips, and real footage where there is some.

mod camera;
mod cost;
mod debris;
mod drawn;
mod footage;
mod grey;
mod street;
