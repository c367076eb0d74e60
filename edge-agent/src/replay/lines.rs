//! The lines of recordings, one file after another, decompressed and hashed as they stream by.
//!
//! A log that a power cut ended, or that the box is still writing, is read as far as it goes.

use super::ReplayError;
use kerege_contract::Sha256Hash;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How a Zstandard frame begins.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A line longer than this is no line of a recording, bytes.
const MAX_LINE: u64 = 16 << 20;
/// So much of the beginning tells recordings apart, bytes.
const BEGINNING: u64 = 64 << 10;
const BUFFER: usize = 256 << 10;

/// Passes bytes on and hashes them.
struct Hashing<R> {
    inner: R,
    hasher: Rc<RefCell<Sha256>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.borrow_mut().update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// The lines of several files.
pub(super) struct Lines {
    waiting: VecDeque<PathBuf>,
    reader: Option<Box<dyn BufRead>>,
    path: PathBuf,
    line: u64,
    text: Vec<u8>,
    hasher: Rc<RefCell<Sha256>>,
    beginning: Sha256Hash,
}

impl Lines {
    /// Opens the first of the files; there is at least one.
    pub(super) fn open(paths: Vec<PathBuf>) -> Result<Self, ReplayError> {
        let mut lines = Self {
            waiting: paths.into(),
            reader: None,
            path: PathBuf::new(),
            line: 0,
            text: Vec::new(),
            hasher: Rc::new(RefCell::new(Sha256::new())),
            beginning: Sha256Hash::ZERO,
        };
        if let Some(beginning) = lines.open_next()? {
            lines.beginning = Sha256Hash::of(&beginning);
        }
        Ok(lines)
    }

    /// Opens the next file; gives its first bytes.
    fn open_next(&mut self) -> Result<Option<Vec<u8>>, ReplayError> {
        let Some(path) = self.waiting.pop_front() else { return Ok(None) };
        (self.path, self.line) = (path, 0);
        let unreadable = |source| ReplayError::Read { path: self.path.clone(), source };
        let mut file: Box<dyn Read> = if self.path == Path::new("-") {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(&self.path).map_err(unreadable)?)
        };
        let mut beginning = Vec::new();
        file.as_mut().take(BEGINNING).read_to_end(&mut beginning).map_err(unreadable)?;
        let inner = Cursor::new(beginning.clone()).chain(file);
        let bytes = Hashing { inner, hasher: Rc::clone(&self.hasher) };
        self.reader = Some(if beginning.starts_with(&ZSTD_MAGIC) {
            let decoder = zstd::stream::Decoder::new(bytes).map_err(unreadable)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        } else {
            Box::new(BufReader::with_capacity(BUFFER, bytes))
        });
        Ok(Some(beginning))
    }

    /// Reads the next line that is not blank into `self.text()`; false at the end of the last file.
    pub(super) fn advance(&mut self) -> Result<bool, ReplayError> {
        loop {
            let Some(reader) = &mut self.reader else { return Ok(false) };
            self.text.clear();
            let read = reader.take(MAX_LINE).read_until(b'\n', &mut self.text);
            let cut = match read {
                Ok(_) => false,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => true,
                Err(source) => return Err(ReplayError::Read { path: self.path.clone(), source }),
            };
            let whole = self.text.ends_with(b"\n");
            if !whole && self.text.len() as u64 == MAX_LINE {
                self.line += 1;
                return Err(self.fault("the line does not end: this is no recording"));
            }
            if cut {
                tracing::warn!(file = %self.path.display(), "the recording is cut off; what is there is replayed");
            }
            if cut || self.text.is_empty() {
                self.reader = None;
                self.open_next()?;
                continue;
            }
            self.line += 1;
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The line that was read last.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether that line ends as lines do; the last of a file that is still being written does not.
    pub(super) fn is_whole(&self) -> bool {
        self.text.ends_with(b"\n")
    }

    /// The file that is being read.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A fault of that line.
    pub(super) fn fault(&self, fault: impl Into<String>) -> ReplayError {
        ReplayError::Line { path: self.path.clone(), line: self.line, fault: fault.into() }
    }

    /// Hash of the first bytes of the first file.
    pub(super) const fn beginning(&self) -> Sha256Hash {
        self.beginning
    }

    /// Hash of all bytes read so far.
    pub(super) fn hash(&self) -> Sha256Hash {
        Sha256Hash::from_bytes(self.hasher.borrow().clone().finalize().into())
    }
}
