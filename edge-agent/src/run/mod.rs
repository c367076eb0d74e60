//! The box at work.

mod conditions;
mod journal;
mod status;

pub use journal::LoggedFrame;

/// `kerege-edge run`: checks the configuration and the key.
///
/// # Errors
/// When one of them cannot be used.
pub fn command(config: &std::path::Path) -> Result<(), crate::identity::IdentityError> {
    let config = crate::config::load(config)?;
    crate::identity::load_or_make(&config.data_dir).map(drop)
}
