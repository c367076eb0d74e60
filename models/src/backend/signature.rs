//! The tensors that a model must have to be read as its manifest says.

/// Inputs and outputs of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Shape of the picture's tensor: 1, 3, height, width; 32-bit floats.
    pub input: [usize; 4],
    /// A second input, if the model wants one.
    pub sizes: Option<SizesInput>,
    /// The outputs that are read, in the order in which they are handed on.
    pub outputs: Vec<OutputTensor>,
}

/// An input of shape 1, 2 (64-bit whole numbers) that is always given the same: in which width and
/// height the model is to tell its boxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizesInput {
    /// Its name in the model.
    pub name: String,
    /// Width and height.
    pub sizes: [i64; 2],
}

/// One output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputTensor {
    /// Its name in the model; none for the model's first.
    pub name: Option<String>,
    /// What it holds.
    pub numbers: Numbers,
    /// Its shape; sizes that the model leaves open fit.
    pub shape: Vec<usize>,
}

/// What a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// 32-bit floats.
    Floats,
    /// 64-bit whole numbers; handed on as floats, exact to 2²⁴.
    Wholes,
}

impl Signature {
    /// A model of one input and one output of floats.
    #[must_use]
    pub fn plain(input: [usize; 4], output: &[usize]) -> Self {
        let output = OutputTensor { name: None, numbers: Numbers::Floats, shape: output.to_vec() };
        Self { input, sizes: None, outputs: vec![output] }
    }
}
