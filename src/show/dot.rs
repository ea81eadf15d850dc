//! The graph of a stack in Graphviz' language: <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write;

use indexmap::IndexMap;

use crate::resource::graph::Graph;

/// Each resource a box, by component; each arrow leads to what is needed.
#[must_use]
pub fn graph(graph: &Graph) -> String {
    let mut acc = String::from("digraph stack {\n  rankdir = RL;\n  node [shape = box];\n");
    let mut components = IndexMap::<&str, Vec<_>>::new();
    for (address, node) in &graph.nodes {
        components.entry(&node.component).or_default().push(address);
    }
    for (component, addresses) in components {
        let _ = writeln!(acc, "  subgraph \"cluster_{component}\" {{\n    label = \"{component}\";");
        for address in addresses {
            let _ = writeln!(acc, "    \"{address}\";");
        }
        acc += "  }\n";
    }
    for (address, node) in &graph.nodes {
        for need in &node.needs {
            let _ = writeln!(acc, "  \"{address}\" -> \"{need}\";");
        }
    }
    acc + "}\n"
}
