//! What is wrong with a document, and how it is shown to the person who must mend it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::ops::Range;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key it is about, such as `lane[2].polygon`; empty for the whole text.
    pub path: String,
    /// Bytes of the text; none for JSON.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do; empty when the message says it.
    pub remedy: String,
}

/// All mistakes found so far; shared by the readers of one document.
#[derive(Debug, Default)]
pub struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// Adds a mistake.
    pub fn add(
        &self,
        path: impl Into<String>,
        span: Option<Range<usize>>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (path, message, remedy) = (path.into(), message.into(), remedy.into());
        self.0.borrow_mut().push(Fault { path, span, message, remedy });
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The mistakes in the order of the text.
    #[must_use]
    pub fn into_list(self) -> Vec<Fault> {
        let mut list = self.0.into_inner();
        list.sort_by_key(|fault| fault.span.as_ref().map_or(usize::MAX, |span| span.start));
        list
    }
}

impl Fault {
    /// The mistake as one line without a place in a file: `lane[0].id: …`.
    #[must_use]
    pub fn line(&self) -> String {
        let remedy = if self.remedy.is_empty() { String::new() } else { format!(" ({})", self.remedy) };
        if self.path.is_empty() {
            format!("{}{remedy}", self.message)
        } else {
            format!("{}: {}{remedy}", self.path, self.message)
        }
    }

    /// Shows the mistake with file, line, column and a caret under the place.
    #[must_use]
    pub fn render(&self, file: &str, text: &str) -> String {
        let Some(span) = &self.span else { return format!("{file}: {}", self.line()) };
        let start = floor_boundary(text, span.start);
        let (before, after) = text.split_at(start);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = before.matches('\n').count() + 1;
        let (_, head) = before.split_at(line_start);
        let tail = after.lines().next().unwrap_or_default();
        let column = head.chars().count() + 1;
        let wide = span.end.saturating_sub(span.start).clamp(1, tail.len().max(1));
        let carets = "^".repeat(tail.split_at(floor_boundary(tail, wide)).0.chars().count().max(1));
        let gutter = " ".repeat(number.to_string().len());
        let indent: String = head.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let path = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        let mut shown = format!("{file}:{number}:{column}: {path}{}\n", self.message);
        // Writing to a String cannot fail.
        let _infallible = write!(shown, " {number} | {head}{tail}\n {gutter} | {indent}{carets}");
        if !self.remedy.is_empty() {
            let _infallible = write!(shown, "\n {gutter} = {}", self.remedy);
        }
        shown
    }
}

/// The last character boundary at or before a byte.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Shows several mistakes, one after another, with their number at the end.
#[must_use]
fn render_all(faults: &[Fault], file: &str, text: &str) -> String {
    let mut shown: Vec<String> = faults.iter().map(|fault| fault.render(file, text)).collect();
    let count = faults.len();
    shown.push(if count == 1 { format!("{file}: 1 fault") } else { format!("{file}: {count} faults") });
    shown.join("\n")
}

impl Faults {
    /// Shows all mistakes with file, line, column and caret.
    #[must_use]
    pub fn render(self, file: &str, text: &str) -> String {
        render_all(&self.into_list(), file, text)
    }
}
