//! The result files: written under hidden names and renamed together at the end, so that a folder
//! never holds half a result.

use super::AnalyzeError;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Bytes gathered before the file system is asked.
const BUFFER: usize = 256 * 1024;

/// A file of one JSON object a line.
#[derive(Debug)]
pub(super) struct Lines {
    part: Part,
    writer: BufWriter<File>,
}

/// A file under its hidden name; removed unless it is put in place.
#[derive(Debug)]
struct Part {
    hidden: PathBuf,
    place: PathBuf,
}

impl Part {
    fn new(folder: &Path, name: &str) -> Self {
        Self { hidden: folder.join(format!(".{name}.part")), place: folder.join(name) }
    }

    fn error(&self, source: std::io::Error) -> AnalyzeError {
        AnalyzeError::Write { path: self.place.clone(), source }
    }

    fn put_in_place(&self) -> Result<(), AnalyzeError> {
        fs::rename(&self.hidden, &self.place).map_err(|source| self.error(source))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is gone already when it was put in place.
        let _gone = fs::remove_file(&self.hidden);
    }
}

impl Lines {
    fn create(folder: &Path, name: &str) -> Result<Self, AnalyzeError> {
        let part = Part::new(folder, name);
        let file = File::create(&part.hidden).map_err(|source| part.error(source))?;
        Ok(Self { part, writer: BufWriter::with_capacity(BUFFER, file) })
    }

    /// Writes one record.
    pub(super) fn write(&mut self, record: &impl Serialize) -> Result<(), AnalyzeError> {
        let written = serde_json::to_writer(&mut self.writer, record).map_err(std::io::Error::from);
        written.and_then(|()| self.writer.write_all(b"\n")).map_err(|source| self.part.error(source))
    }

    /// Writes bytes that are a line already.
    pub(super) fn write_bytes(&mut self, line: &[u8]) -> Result<(), AnalyzeError> {
        let written = self.writer.write_all(line).and_then(|()| self.writer.write_all(b"\n"));
        written.map_err(|source| self.part.error(source))
    }

    fn close(mut self) -> Result<Part, AnalyzeError> {
        self.writer.flush().map_err(|source| self.part.error(source))?;
        let Self { part, writer } = self;
        drop(writer);
        Ok(part)
    }
}

/// Which of the large files, one line or more for each frame, are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) tracks: bool,
    pub(crate) detections: bool,
}

/// All result files.
#[derive(Debug)]
pub(crate) struct Output {
    folder: PathBuf,
    pub(super) events: Lines,
    pub(super) facts: Lines,
    pub(super) passages: Lines,
    pub(super) tracks: Option<Lines>,
    pub(super) detections: Option<Lines>,
}

impl Output {
    /// Makes the folder and begins the files.
    pub(crate) fn create(folder: &Path, wanted: Wanted) -> Result<Self, AnalyzeError> {
        fs::create_dir_all(folder).map_err(|source| AnalyzeError::Write { path: folder.to_owned(), source })?;
        Ok(Self {
            folder: folder.to_owned(),
            events: Lines::create(folder, "events.jsonl")?,
            facts: Lines::create(folder, "facts.jsonl")?,
            passages: Lines::create(folder, "passages.jsonl")?,
            tracks: wanted.tracks.then(|| Lines::create(folder, "tracks.jsonl")).transpose()?,
            detections: wanted.detections.then(|| Lines::create(folder, "detections.jsonl")).transpose()?,
        })
    }

    /// Writes a still; its name is its hash, so it is whole as soon as it is there.
    pub(super) fn still(&self, name: &str, bytes: &[u8]) -> Result<(), AnalyzeError> {
        let stills = self.folder.join("stills");
        fs::create_dir_all(&stills).map_err(|source| AnalyzeError::Write { path: stills.clone(), source })?;
        let part = Part::new(&stills, name);
        fs::write(&part.hidden, bytes).map_err(|source| part.error(source))?;
        part.put_in_place()
    }

    /// Writes the summary and the timings and puts all files in place.
    pub(super) fn finish(self, summary: &impl Serialize, timings: &impl Serialize) -> Result<(), AnalyzeError> {
        let mut parts = vec![self.events.close()?, self.facts.close()?, self.passages.close()?];
        for large in [self.tracks, self.detections].into_iter().flatten() {
            parts.push(large.close()?);
        }
        parts.push(document(&self.folder, "summary.json", summary)?);
        parts.push(document(&self.folder, "timings.json", timings)?);
        parts.iter().try_for_each(Part::put_in_place)
    }
}

fn document(folder: &Path, name: &str, content: &impl Serialize) -> Result<Part, AnalyzeError> {
    let part = Part::new(folder, name);
    let mut text = serde_json::to_vec_pretty(content).map_err(|error| part.error(error.into()))?;
    text.push(b'\n');
    fs::write(&part.hidden, text).map_err(|source| part.error(source))?;
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let all = Wanted { tracks: true, detections: true };
        let mut output = Output::create(folder.path(), all).unwrap();
        output.passages.write(&[1, 2]).unwrap();
        drop(output);
        assert!(names(folder.path()).is_empty());
        let mut output = Output::create(folder.path(), Wanted { detections: false, ..all }).unwrap();
        output.passages.write(&[1, 2]).unwrap();
        output.events.write_bytes(b"{}").unwrap();
        output.finish(&1, &2).unwrap();
        let wanted = ["events.jsonl", "facts.jsonl", "passages.jsonl", "summary.json", "timings.json", "tracks.jsonl"];
        assert_eq!(names(folder.path()), wanted);
        assert_eq!(fs::read_to_string(folder.path().join("passages.jsonl")).unwrap(), "[1,2]\n");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let error =
            Output::create(Path::new("/proc/none/out"), Wanted { tracks: false, detections: false }).unwrap_err();
        assert!(error.to_string().contains("/proc/none/out"), "{error}");
    }
}
