//! Rust text without its comments and literals, so that a rule about code does not trip over prose.

/// The text with comments, string and character literals blanked; every line keeps its number.
pub(crate) fn code_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = skipped_here(rest, out.chars().next_back());
        if skipped == 0 {
            out.push(letter);
            rest = after(rest, letter.len_utf8());
        } else {
            let blanks = rest.get(..skipped).unwrap_or(rest).chars().map(|c| if c == '\n' { '\n' } else { ' ' });
            out.extend(blanks);
            rest = after(rest, skipped);
        }
    }
    out
}

fn after(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or("")
}

/// The bytes of the comment or literal that begins exactly here, or 0.
fn skipped_here(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        rest.find("*/").map_or(rest.len(), |end| end + 2)
    } else if rest.starts_with('"') {
        quoted(rest, '"')
    } else if rest.starts_with('\'') {
        character(rest)
    } else if !in_word && (rest.starts_with("r\"") || rest.starts_with("r#")) {
        raw_string(rest)
    } else {
        0
    }
}

/// Length of a quoted literal that begins with the quote.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of a character literal; 0 for a lifetime, which begins alike.
fn character(rest: &str) -> usize {
    let mut letters = rest.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some('\\'), _) => quoted(rest, '\''),
        (Some(letter), Some('\'')) => 2 + letter.len_utf8(),
        _ => 0,
    }
}

/// Length of a raw string with any number of hashes; 0 for a raw identifier.
fn raw_string(rest: &str) -> usize {
    let hashes = after(rest, 1).chars().take_while(|letter| *letter == '#').count();
    let open = 1 + hashes;
    if !after(rest, open).starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    after(rest, open + 1).find(&close).map_or(rest.len(), |end| open + 1 + end + close.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_goes_and_code_stays() {
        assert_eq!(code_only("a // b\nc"), "a     \nc");
        assert_eq!(code_only("a /* b\nc */ d"), "a     \n     d");
        assert_eq!(code_only(r#"f("x\"y") + 1"#), "f(      ) + 1");
        assert_eq!(code_only("r#\"ort::\"# g"), "           g");
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        assert_eq!(code_only("fn f<'a>(x: &'a str)"), "fn f<'a>(x: &'a str)");
        assert_eq!(code_only("'\"' ort"), "    ort");
        assert_eq!(code_only(r"'\'' ort"), "     ort");
    }
}
