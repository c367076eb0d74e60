//! Reading rows out of a SQLite file that SQLite itself refuses, page by page.
//!
//! Every page of the database and every frame of its write-ahead log is tried as a leaf of a table
//! (file format: <https://www.sqlite.org/fileformat2.html>). Nothing is trusted: a row that comes
//! out may be stale, torn or nonsense, and whoever takes it must be able to tell. The outbox can,
//! because each of its rows carries the hash of its bytes.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Page size of the outbox; set when it is made, so that salvage needs no header.
pub(super) const PAGE: usize = 4096;
const LEAF_OF_TABLE: u8 = 0x0d;
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Longest row that is followed, bytes; no message is longer.
const MAX_ROW: usize = 1 << 20;

/// One column of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Column {
    Null,
    Int(i64),
    Real,
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// Where a page lies.
#[derive(Debug, Clone, Copy)]
enum Place {
    Database(u64),
    Log(u64),
}

struct Files {
    database: Option<File>,
    log: Option<File>,
    /// The newest frame of each page in the log.
    newest: HashMap<u32, u64>,
}

/// Calls `take` with every row that can be read from a database file and its log.
pub(super) fn scan(database: &Path, log: &Path, mut take: impl FnMut(Vec<Column>)) {
    let mut files = Files { database: File::open(database).ok(), log: File::open(log).ok(), newest: HashMap::new() };
    let page = PAGE as u64;
    let pages = length(files.database.as_ref()) / page;
    let frames = length(files.log.as_ref()).saturating_sub(WAL_HEADER) / (page + FRAME_HEADER);
    let frame_at = |number: u64| WAL_HEADER + number * (page + FRAME_HEADER);
    for frame in 0..frames {
        let mut number = [0; 4];
        if let Some(log) = &files.log
            && log.read_exact_at(&mut number, frame_at(frame)).is_ok()
        {
            files.newest.insert(u32::from_be_bytes(number), frame_at(frame) + FRAME_HEADER);
        }
    }
    let places = (0..pages)
        .map(|number| Place::Database(number * page))
        .chain((0..frames).map(|frame| Place::Log(frame_at(frame) + FRAME_HEADER)));
    for place in places {
        if let Some(bytes) = files.page(place) {
            rows_of_leaf(&files, &bytes, &mut take);
        }
    }
}

fn length(file: Option<&File>) -> u64 {
    file.and_then(|file| file.metadata().ok()).map_or(0, |data| data.len())
}

impl Files {
    fn page(&self, place: Place) -> Option<Vec<u8>> {
        let mut bytes = vec![0; PAGE];
        let (file, at) = match place {
            Place::Database(at) => (self.database.as_ref()?, at),
            Place::Log(at) => (self.log.as_ref()?, at),
        };
        file.read_exact_at(&mut bytes, at).ok()?;
        Some(bytes)
    }

    /// The newest, then the checkpointed state of a page.
    fn numbered(&self, number: u32) -> impl Iterator<Item = Vec<u8>> {
        let in_database = u64::from(number).checked_sub(1).map(|index| Place::Database(index * PAGE as u64));
        let in_log = self.newest.get(&number).copied().map(Place::Log);
        in_log.into_iter().chain(in_database).filter_map(|place| self.page(place))
    }
}

fn rows_of_leaf(files: &Files, page: &[u8], take: &mut impl FnMut(Vec<Column>)) {
    if page.first() != Some(&LEAF_OF_TABLE) {
        return;
    }
    let cells = usize::from(u16::from_be_bytes([page[3], page[4]]));
    for pointer in page[8..].chunks_exact(2).take(cells.min(PAGE / 4)) {
        let at = usize::from(u16::from_be_bytes([pointer[0], pointer[1]]));
        for payload in page.get(at..).into_iter().flat_map(|cell| payloads(files, cell)) {
            if let Some(row) = columns(&payload) {
                take(row);
            }
        }
    }
}

/// The payload of a cell; twice when its overflow pages exist in two states.
fn payloads(files: &Files, cell: &[u8]) -> Vec<Vec<u8>> {
    let Some((length, rest)) = varint(cell) else { return Vec::new() };
    let Some((_rowid, rest)) = varint(rest) else { return Vec::new() };
    let Some(length) = usize::try_from(length).ok().filter(|length| *length <= MAX_ROW) else { return Vec::new() };
    let local = local_bytes(length);
    let Some(start) = rest.get(..local) else { return Vec::new() };
    if local == length {
        return vec![start.to_vec()];
    }
    let Some(next) = rest.get(local..local + 4).and_then(number) else { return Vec::new() };
    [0, 1].iter().filter_map(|state| follow(files, start, next, length, *state)).collect()
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// How much of a payload lies in the leaf itself.
const fn local_bytes(length: usize) -> usize {
    let most = PAGE - 35;
    if length <= most {
        return length;
    }
    let least = (PAGE - 12) * 32 / 255 - 23;
    let wanted = least + (length - least) % (PAGE - 4);
    if wanted <= most { wanted } else { least }
}

fn follow(files: &Files, start: &[u8], first: u32, length: usize, state: usize) -> Option<Vec<u8>> {
    let mut payload = start.to_vec();
    let mut next = first;
    while payload.len() < length {
        let states: Vec<Vec<u8>> = files.numbered(next).collect();
        let page = states.get(state).or(states.first())?;
        let wanted = (length - payload.len()).min(PAGE - 4);
        payload.extend_from_slice(page.get(4..4 + wanted)?);
        next = number(page)?;
    }
    Some(payload)
}

/// SQLite's variable-length number, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some((value << 8 | u64::from(*byte), &bytes[9..]));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

fn columns(payload: &[u8]) -> Option<Vec<Column>> {
    let (header, types) = varint(payload)?;
    let header = usize::try_from(header).ok()?;
    let mut types = types.get(..header.checked_sub(payload.len() - types.len())?)?;
    let mut body = payload.get(header..)?;
    let mut row = Vec::new();
    while !types.is_empty() {
        let (kind, rest) = varint(types)?;
        types = rest;
        let length = usize::try_from(bytes_of(kind)?).ok()?;
        let (value, rest) = body.split_at_checked(length)?;
        body = rest;
        row.push(column(kind, value));
    }
    Some(row)
}

const fn bytes_of(kind: u64) -> Option<u64> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => (kind - 12) / 2,
    })
}

fn column(kind: u64, value: &[u8]) -> Column {
    match kind {
        0 => Column::Null,
        7 => Column::Real,
        8 => Column::Int(0),
        9 => Column::Int(1),
        1..=6 => {
            let negative = value.first().is_some_and(|byte| byte & 0x80 != 0);
            Column::Int(value.iter().fold(if negative { -1 } else { 0 }, |number, byte| number << 8 | i64::from(*byte)))
        }
        _ if kind.is_multiple_of(2) => Column::Blob(value.to_vec()),
        _ => Column::Text(value.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, params};

    fn rows_of(path: &Path) -> Vec<Vec<Column>> {
        let mut rows = Vec::new();
        scan(path, &path.with_extension("db-wal"), |row| rows.push(row));
        rows
    }

    #[test]
    fn rows_short_and_long_are_read_from_file_and_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(
            "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER, b BLOB, c TEXT);",
        )
        .unwrap();
        let lengths = [0usize, 1, 489, 4000, 4061, 4062, 5000, 8192, 60_000];
        for (number, length) in lengths.iter().enumerate() {
            conn.execute("INSERT INTO t VALUES(?1, ?2, NULL)", params![-(number as i64) * 1000, vec![7u8; *length]])
                .unwrap();
        }
        let all = |rows: &[Vec<Column>]| {
            lengths.iter().enumerate().all(|(number, length)| {
                let wanted = vec![Column::Int(-(number as i64) * 1000), Column::Blob(vec![7; *length]), Column::Null];
                rows.contains(&wanted)
            })
        };
        assert!(all(&rows_of(&path)), "from the log");
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(conn);
        assert!(all(&rows_of(&path)), "from the file");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, PAGE..PAGE * 3)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.db");
            let mut leaf = bytes;
            leaf[0] = LEAF_OF_TABLE;
            std::fs::write(&path, &leaf).unwrap();
            std::fs::write(path.with_extension("db-wal"), &leaf).unwrap();
            rows_of(&path);
        }
    }
}
