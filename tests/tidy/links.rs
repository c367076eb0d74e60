//! Links between the pages: each leads to a file of the tree, and each decision stands in the list of decisions.

use std::collections::BTreeSet;

/// Relative links of a page that lead to nothing. `paths` are the files of the tree.
pub(crate) fn broken(page: &str, text: &str, paths: &BTreeSet<&str>) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = targets(text).into_iter().filter(|target| !target.contains("://") && !target.starts_with('#'));
    let leads_nowhere = |target: &&str| {
        let file = target.split('#').next().unwrap_or_default();
        let path = resolve(folder, file);
        let below = format!("{path}/");
        !paths.contains(path.as_str()) && !paths.iter().any(|known| known.starts_with(&below))
    };
    targets.filter(leads_nowhere).map(|target| format!("{page}: the link to {target} leads nowhere")).collect()
}

/// Decisions that the list of decisions does not link to.
pub(crate) fn unlisted_decisions(list: &str, paths: &BTreeSet<&str>) -> Vec<String> {
    let linked: BTreeSet<&str> = targets(list).into_iter().collect();
    let decisions = paths.iter().filter_map(|path| path.strip_prefix("docs/adr/")).filter(|name| *name != "README.md");
    decisions.filter(|name| !linked.contains(name)).map(|name| format!("docs/adr/{name} is not in the list")).collect()
}

/// What stands between `](` and `)`.
fn targets(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
}

/// A relative path from a folder, without `.` and `..`.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_named() {
        let paths = BTreeSet::from(["README.md", "docs/glossary.md", "docs/guide/scene.md"]);
        let text =
            "[a](../glossary.md#words) [b](https://example.org) [c](scene.md) [d](gone.md) [e](../../docs/) [f](#here)";
        assert_eq!(
            broken("docs/guide/README.md", text, &paths),
            ["docs/guide/README.md: the link to gone.md leads nowhere"]
        );
        assert!(broken("README.md", "[a](docs/guide)", &paths).is_empty());
    }

    #[test]
    fn a_decision_must_be_listed() {
        let paths = BTreeSet::from(["docs/adr/README.md", "docs/adr/0001-a.md", "docs/adr/0002-b.md"]);
        assert_eq!(unlisted_decisions("- [1](0001-a.md) a", &paths), ["docs/adr/0002-b.md is not in the list"]);
    }
}
