//! Why a part of a graph is not what it looked like.

/// How far a layer of a residual block was recognised, from its convolution back to its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Convolution,
    Snake,
    Style,
    Deviation,
    Mean,
    Variance,
    Stage,
    Block,
}

impl Step {
    /// What was expected there.
    fn expected(self) -> &'static str {
        match self {
            Self::Convolution => {
                "a convolution that keeps length and channels, with constant weights and an odd number of taps"
            }
            Self::Snake => "v + sin²(αv) / α with a constant α for each channel",
            Self::Style => "(1 + γ) · normalised + β with γ and β of the style",
            Self::Deviation => {
                "an instance normalisation: the deviation from the mean divided by the root of variance and ε"
            }
            Self::Mean => "the deviation from the mean over time",
            Self::Variance => "the root of ε and the mean of the squared deviation over time",
            Self::Stage => "two layers whose output is added to their input",
            Self::Block => "three stages in a row, alike but for their dilations",
        }
    }
}

/// The step that did not fit, and the value at which it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) step: Step,
    pub(super) value: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not {}", self.value, self.step.expected())
    }
}

pub(super) type Fit<T> = Result<T, Misfit>;

/// Names the step at which nothing was found.
pub(super) trait At<T> {
    fn at(self, step: Step, value: &str) -> Fit<T>;
}

impl<T> At<T> for Option<T> {
    fn at(self, step: Step, value: &str) -> Fit<T> {
        self.ok_or_else(|| Misfit {
            step,
            value: value.to_owned(),
        })
    }
}
