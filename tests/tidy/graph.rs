//! Who may depend on whom. The arrows of ARCHITECTURE.md, and what the pure crates may never reach, however far away.

use std::collections::{BTreeMap, BTreeSet};

/// One package of ours and the names it declares.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) normal: BTreeSet<String>,
    pub(crate) dev: BTreeSet<String>,
}

impl Package {
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

/// Each crate of ours with the crates of ours that it may name as an ordinary dependency.
const MAY_DEPEND_ON: [(&str, &[&str]); 8] = [
    ("kerege-contract", &[]),
    ("kerege-models", &["kerege-contract"]),
    ("kerege-pipelines", &["kerege-contract"]),
    ("kerege-edge", &["kerege-contract", "kerege-models", "kerege-pipelines"]),
    ("kerege-control", &["kerege-contract", "kerege-pipelines"]),
    ("kerege-tiny-onnx", &[]),
    ("kerege-benches", &["kerege-contract", "kerege-models", "kerege-pipelines", "kerege-tiny-onnx"]),
    ("kerege-tests", &["kerege-contract", "kerege-tiny-onnx"]),
];

/// Tests of any crate may also name these.
const MAY_BE_TESTED_WITH: [&str; 1] = ["kerege-tiny-onnx"];

/// What a crate may not reach, however many steps away.
const MAY_NOT_REACH: [(&str, &[&str]); 4] = [
    ("kerege-contract", &["tokio", "gstreamer", "ort", "rusqlite", "rumqttc", "ureq", "axum"]),
    ("kerege-pipelines", &["tokio", "gstreamer", "ort", "rusqlite", "rumqttc", "ureq", "axum"]),
    ("kerege-models", &["tokio", "gstreamer", "rusqlite", "rumqttc", "ureq", "axum"]),
    ("kerege-control", &["gstreamer", "ort", "opencv"]),
];

/// The declared edges between our crates that the architecture does not draw.
pub(crate) fn wrong_edges(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(wrong_edges_of).collect()
}

fn wrong_edges_of(package: &Package) -> Vec<String> {
    let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(name, _)| *name == package.name) else {
        return vec![format!("{} is not in the list of crates: add it to ARCHITECTURE.md and here", package.name)];
    };
    let ours = |name: &&String| name.starts_with("kerege-");
    let allowed_in_tests = |name: &str| allowed.contains(&name) || MAY_BE_TESTED_WITH.contains(&name);
    let normal = package.normal.iter().filter(ours).filter(|name| !allowed.contains(&name.as_str()));
    let dev = package.dev.iter().filter(ours).filter(|name| !allowed_in_tests(name));
    normal.chain(dev).map(|name| format!("{} must not depend on {name}", package.name)).collect()
}

/// What the pure crates reach through the resolved graph although they may not, with the way to it.
pub(crate) fn reached_but_banned(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, banned) in MAY_NOT_REACH {
        assert!(graph.contains_key(from), "{from} is not in the dependency graph: the rule would pass on nothing");
        for name in banned {
            if let Some(way) = way(graph, from, name) {
                faults.push(format!("{from} reaches {name}: {}", way.join(" > ")));
            }
        }
    }
    faults
}

/// A shortest way from one package to another, both named, or nothing.
fn way(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut ways = vec![vec![from.to_owned()]];
    while !ways.is_empty() {
        let mut next = Vec::new();
        for way in ways {
            let last = way.last()?;
            if last == to {
                return Some(way);
            }
            for name in graph.get(last).into_iter().flatten() {
                if seen.insert(name.clone()) {
                    next.push([way.as_slice(), std::slice::from_ref(name)].concat());
                }
            }
        }
        ways = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, normal: &[&str], dev: &[&str]) -> Package {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Package { name: name.to_owned(), normal: set(normal), dev: set(dev) }
    }

    #[test]
    fn an_edge_against_the_arrow_is_named() {
        let faults = wrong_edges(&[package("kerege-pipelines", &["kerege-contract", "kerege-models", "serde"], &[])]);
        assert_eq!(faults, ["kerege-pipelines must not depend on kerege-models"]);
    }

    #[test]
    fn tests_may_name_the_tiny_models_but_not_the_other_side() {
        let good = package("kerege-edge", &["kerege-models"], &["kerege-tiny-onnx"]);
        assert!(wrong_edges(&[good]).is_empty());
        let bad = package("kerege-edge", &[], &["kerege-control"]);
        assert_eq!(wrong_edges(&[bad]), ["kerege-edge must not depend on kerege-control"]);
    }

    #[test]
    fn an_unknown_crate_is_a_fault() {
        assert_eq!(wrong_edges(&[package("kerege-extra", &[], &[])]).len(), 1);
    }

    #[test]
    fn a_ban_holds_over_several_steps_and_shows_the_way() {
        let edge = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|name| (*name).to_owned()).collect());
        let mut graph = BTreeMap::from([
            edge("kerege-contract", &["jiff"]),
            edge("kerege-pipelines", &["kerege-contract"]),
            edge("kerege-models", &["ort"]),
            edge("kerege-control", &[]),
        ]);
        assert!(reached_but_banned(&graph).is_empty());
        graph.extend([edge("jiff", &["clock"]), edge("clock", &["tokio"])]);
        let faults = reached_but_banned(&graph);
        assert_eq!(faults[0], "kerege-contract reaches tokio: kerege-contract > jiff > clock > tokio");
        assert_eq!(faults.len(), 2);
    }
}
