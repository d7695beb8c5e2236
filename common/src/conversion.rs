//! What the conversion of a model leaves for the process that asked for it.
//!
//! `workerd convert` makes a folder and prints its path. In it, beside the graphs and their weights, [`REPORT_FILE`] tells what
//! was found in the model, a fact a line, so that a later start knows it without converting again.

use std::{fmt, str::FromStr};

/// The graph on ONNX Runtime's own operators. Workers find the graph with our kernels beside it.
pub const PLAIN_FILE: &str = "plain.onnx";
/// How the name of a folder begins that is being made, beside those that are whole.
pub const UNFINISHED: &str = "unfinished-";
/// Held by the conversion that is at work in a folder.
pub const LOCK_FILE: &str = ".convert.lock";
/// A [`Report`] as text.
pub const REPORT_FILE: &str = "report";

/// The residual blocks of Kokoro's vocoder. Fewer found ones mean that most of the computing has no kernel.
pub const BLOCKS: usize = 8;

/// The most lines of a report that are read, and the most of each line.
const MAX_MISFITS: usize = 16;
const MAX_LINE: usize = 500;

/// What was found in a model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The model's weights were stored in 8 bits; what is computed is the float graph of them.
    pub quantised: bool,
    /// Whether frames per token are an output of the graph.
    pub durations: bool,
    /// Residual blocks that our kernels compute.
    pub blocks: usize,
    /// Convolutions outside of them.
    pub convolutions: usize,
    /// Products with constant matrices.
    pub products: usize,
    /// Sentences: where the model is nearly what the kernels know, and which step does not fit.
    pub misfits: Vec<String>,
}

/// A report of another release, or none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {0:?} is none of a conversion's report")]
pub struct NoReport(String);

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "quantised {}", self.quantised)?;
        writeln!(f, "durations {}", self.durations)?;
        writeln!(f, "blocks {}", self.blocks)?;
        writeln!(f, "convolutions {}", self.convolutions)?;
        writeln!(f, "products {}", self.products)?;
        for misfit in self.misfits.iter().take(MAX_MISFITS) {
            let line: String = misfit
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_LINE)
                .collect();
            writeln!(f, "misfit {line}")?;
        }
        Ok(())
    }
}

impl FromStr for Report {
    type Err = NoReport;

    fn from_str(text: &str) -> Result<Self, NoReport> {
        let mut report = Self::default();
        for line in text.lines() {
            let fault = || NoReport(line.chars().take(MAX_LINE).collect());
            let (name, value) = line.split_once(' ').ok_or_else(fault)?;
            let yes = || value.parse().map_err(|_| fault());
            let count = || value.parse().map_err(|_| fault());
            match name {
                "quantised" => report.quantised = yes()?,
                "durations" => report.durations = yes()?,
                "blocks" => report.blocks = count()?,
                "convolutions" => report.convolutions = count()?,
                "products" => report.products = count()?,
                "misfit" if report.misfits.len() < MAX_MISFITS => report.misfits.push(value.to_owned()),
                "misfit" => {}
                _ => return Err(fault()),
            }
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let report = Report {
            quantised: true,
            durations: true,
            blocks: 8,
            convolutions: 19,
            products: 142,
            misfits: vec![
                "the variance of /x is no mean of squares".to_owned(),
                "b".to_owned(),
            ],
        };
        assert_eq!(report.to_string().parse(), Ok(report));
    }

    #[test]
    fn a_foreign_line_is_named() {
        let error = "blocks 8\nwheels 4\n".parse::<Report>().unwrap_err();
        assert!(error.to_string().contains("wheels 4"), "{error}");
        assert!("blocks many".parse::<Report>().is_err());
    }

    #[test]
    fn a_report_is_bounded() {
        let report = Report {
            misfits: vec!["x\n".repeat(1000); 100],
            ..Report::default()
        };
        let read: Report = report.to_string().parse().unwrap();
        assert_eq!(read.misfits.len(), MAX_MISFITS);
        assert!(read.misfits.iter().all(|line| line.len() <= MAX_LINE));
    }
}
