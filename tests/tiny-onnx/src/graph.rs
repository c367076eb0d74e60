//! A graph of ONNX operators, written down node by node.
//!
//! Operator set 13: every runtime since 2021 knows it. Field numbers are those of `onnx.proto`.

use crate::protobuf::Message;

const FLOAT: i64 = 1;
const INT64: i64 = 7;
const OPERATOR_SET: i64 = 13;
const IR_VERSION: i64 = 7;

/// A tensor of the graph, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(String);

/// An attribute of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Attribute<'a> {
    Whole(&'a str, i64),
    Wholes(&'a str, &'a [i64]),
}

/// A graph being written.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Graph {
    /// An input of 32-bit floats, of a fixed shape.
    pub fn input(&mut self, name: &str, shape: &[i64]) -> Value {
        self.inputs.push(described(name, FLOAT, shape));
        Value(name.to_owned())
    }

    /// An input of 64-bit whole numbers, of a fixed shape.
    pub(crate) fn input_of_wholes(&mut self, name: &str, shape: &[i64]) -> Value {
        self.inputs.push(described(name, INT64, shape));
        Value(name.to_owned())
    }

    /// An output of 32-bit floats that carries a value under a name of its own.
    pub(crate) fn output(&mut self, name: &str, value: &Value, shape: &[i64]) {
        self.named(name, value);
        self.outputs.push(described(name, FLOAT, shape));
    }

    /// The same of 64-bit whole numbers.
    pub(crate) fn output_of_wholes(&mut self, name: &str, value: &Value, shape: &[i64]) {
        self.named(name, value);
        self.outputs.push(described(name, INT64, shape));
    }

    fn named(&mut self, name: &str, value: &Value) {
        let node = Message::default().text(1, &value.0).text(2, name).text(3, name).text(4, "Identity");
        self.nodes.push(node);
    }

    /// A constant tensor of 32-bit floats, row by row.
    pub fn floats(&mut self, shape: &[i64], values: &[f32]) -> Value {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(FLOAT, shape, &raw)
    }

    /// A constant list of whole numbers: a shape, axes, indices.
    pub fn wholes(&mut self, values: &[i64]) -> Value {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(INT64, &[i64::try_from(values.len()).unwrap_or(0)], &raw)
    }

    fn constant(&mut self, kind: i64, shape: &[i64], raw: &[u8]) -> Value {
        let name = format!("c{}", self.constants.len());
        let tensor = Message::default()
            .each(shape, |tensor, side| tensor.number(1, *side))
            .number(2, kind)
            .text(8, &name)
            .bytes(9, raw);
        self.constants.push(tensor);
        Value(name)
    }

    /// A node without attributes.
    pub fn node(&mut self, operator: &str, inputs: &[&Value]) -> Value {
        self.node_with(operator, inputs, &[])
    }

    /// A node; its one output.
    pub(crate) fn node_with(&mut self, operator: &str, inputs: &[&Value], attributes: &[Attribute<'_>]) -> Value {
        let name = format!("n{}", self.nodes.len());
        let node = Message::default()
            .each(inputs, |node, input| node.text(1, &input.0))
            .text(2, &name)
            .text(3, &name)
            .text(4, operator)
            .each(attributes, |node, attribute| node.message(5, &attribute.message()));
        self.nodes.push(node);
        Value(name)
    }

    /// The finished model file whose output is `output`, of a fixed shape.
    #[must_use]
    pub fn finish(mut self, output: &Value, shape: &[i64]) -> Vec<u8> {
        self.outputs.push(described(&output.0, FLOAT, shape));
        self.into_file()
    }

    /// The finished model file with the outputs that were named.
    pub(crate) fn into_file(self) -> Vec<u8> {
        let graph = Message::default()
            .each(&self.nodes, |graph, node| graph.message(1, node))
            .text(2, "tiny")
            .each(&self.constants, |graph, constant| graph.message(5, constant))
            .each(&self.inputs, |graph, input| graph.message(11, input))
            .each(&self.outputs, |graph, output| graph.message(12, output));
        let operators = Message::default().text(1, "").number(2, OPERATOR_SET);
        Message::default()
            .number(1, IR_VERSION)
            .text(2, "kerege-tiny-onnx")
            .message(7, &graph)
            .message(8, &operators)
            .into_bytes()
    }
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        match self {
            Self::Whole(name, value) => Message::default().text(1, name).number(3, *value).number(20, 2),
            Self::Wholes(name, values) => {
                Message::default().text(1, name).each(*values, |list, value| list.number(8, *value)).number(20, 7)
            }
        }
    }
}

fn described(name: &str, kind: i64, shape: &[i64]) -> Message {
    let shape = Message::default().each(shape, |shape, side| shape.message(1, &Message::default().number(1, *side)));
    let tensor = Message::default().number(1, kind).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}
