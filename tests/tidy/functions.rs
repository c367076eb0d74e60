//! The length of functions. The tree is formatted by rustfmt (the gate says so), and in formatted Rust a function
//! ends at the first line that is its closing brace at its own indentation; no parser is needed.

use crate::code::code_only;
use crate::tree::SourceFile;

/// No function is longer than this, in lines from `fn` to the closing brace.
pub(crate) const MOST_LINES: usize = 60;
/// The median function of the tree is shorter than this.
pub(crate) const MEDIAN_LINES: usize = 15;

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// Functions of a Rust file that are longer than allowed.
pub(crate) fn too_long(file: &SourceFile) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let long = find(&file.text).into_iter().filter(|function| function.lines > MOST_LINES);
    let fault = |function: Function| {
        format!(
            "{}:{} `{}` has {} lines, the limit is {MOST_LINES}",
            file.path, function.line, function.name, function.lines
        )
    };
    long.map(fault).collect()
}

/// Every function with a body, in order.
pub(crate) fn find(text: &str) -> Vec<Function> {
    let code = code_only(text);
    let lines: Vec<&str> = code.lines().collect();
    let begins = lines.iter().enumerate().filter_map(|(at, line)| Some((at, name_of_function(line)?)));
    begins.filter_map(|(at, name)| Some(Function { name, line: at + 1, lines: body_lines(&lines, at)? })).collect()
}

/// The name, if this line begins a function: visibility and qualifiers, then `fn`.
fn name_of_function(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let qualifier = |word: &str| {
        matches!(word, "pub" | "async" | "const" | "unsafe" | "extern" | "default") || word.starts_with("pub(")
    };
    let name: String = after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (before.split_whitespace().all(qualifier) && !name.is_empty()).then_some(name)
}

/// Lines from the `fn` to the brace that closes it; nothing for a declaration without a body.
fn body_lines(lines: &[&str], at: usize) -> Option<usize> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let own = indentation(lines.get(at)?);
    let (last, end) = lines.iter().enumerate().skip(at).find(|(_, line)| {
        let trimmed = line.trim_end();
        let closes = indentation(trimmed) == own && (trimmed.trim_start() == "}" || trimmed.ends_with('}'));
        closes || (indentation(trimmed) == own && trimmed.ends_with(';'))
    })?;
    end.trim_end().ends_with('}').then_some(last + 1 - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<(String, usize)> {
        find(text).into_iter().map(|function| (function.name, function.lines)).collect()
    }

    #[test]
    fn a_function_is_measured_to_its_own_brace() {
        let text = "pub(crate) async fn a(x: u8) -> u8 {\n    if x > 1 {\n        2\n    }\n}\n\nfn b() {}\n";
        assert_eq!(lengths(text), [("a".to_owned(), 5), ("b".to_owned(), 1)]);
    }

    #[test]
    fn a_long_signature_counts_and_a_declaration_does_not() {
        let text = "trait T {\n    fn a(&self);\n    fn b(\n        &self,\n    ) -> u8 {\n        1\n    }\n}\n";
        assert_eq!(lengths(text), [("b".to_owned(), 5)]);
    }

    #[test]
    fn a_brace_in_a_string_or_a_word_in_prose_is_no_function() {
        let text = "// fn prose() {\nfn a() {\n    let x = \"\n}\nfn no() {\";\n}\n";
        assert_eq!(lengths(text), [("a".to_owned(), 5)]);
        assert!(lengths("let f: fn (u8) = g;\n").is_empty());
    }

    #[test]
    fn one_line_too_many_is_a_fault() {
        let file = |body: usize| SourceFile::new("a.rs", &format!("fn a() {{\n{}}}\n", "    x();\n".repeat(body)));
        assert!(too_long(&file(MOST_LINES - 2)).is_empty());
        assert_eq!(too_long(&file(MOST_LINES - 1)).len(), 1);
    }
}
