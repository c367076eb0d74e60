//! Fetching and listing models.
