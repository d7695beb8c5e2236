//! What stands above, below and behind an operand: indices, powers, primes.

use std::ops::Range;

use super::{Formula, Of};
use crate::text::normalise::{amounts::fractions, say::numbers};

impl Formula<'_> {
    /// The arguments of `_` and `^`, in either order.
    pub(super) fn above_and_below(&mut self) -> (Option<Range<usize>>, Option<Range<usize>>) {
        let (mut below, mut above) = (None, None);
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start().trim_start_matches("\\limits").trim_start();
            let slot = match trimmed.chars().next() {
                Some('_') if below.is_none() => &mut below,
                Some('^') if above.is_none() => &mut above,
                _ => return (below, above),
            };
            self.at += rest.len() - trimmed.len() + 1;
            *slot = Some(self.argument());
        }
    }

    /// What stands below, above and behind the operand that was said last.
    pub(super) fn scripts(&mut self) {
        self.primes();
        let (below, above) = self.above_and_below();
        if let Some(below) = below {
            let words = self.part(below.clone());
            if words.iter().any(|word| word.kind == Of::Operator) {
                self.push("sub", below.start.saturating_sub(1)..below.start, Of::Operand);
            }
            self.joined(words, below.end..below.end + 1);
        }
        if let Some(above) = above {
            self.power(above);
        }
        self.primes();
    }

    pub(super) fn primes(&mut self) {
        let start = self.at;
        let count = self.rest().bytes().take_while(|&b| b == b'\'').count();
        self.at += count;
        let said = match count {
            0 => return,
            1 => "prime",
            2 => "double prime",
            _ => "triple prime",
        };
        self.push(said, start..self.at, Of::Operand);
    }

    pub(super) fn power(&mut self, range: Range<usize>) {
        let place = range.clone();
        if self
            .words
            .last()
            .is_none_or(|word| matches!(word.kind, Of::Operator | Of::Open))
        {
            // What it is above stands behind it: "^{14}C".
            let words = self.part(range);
            return self.words.extend(words);
        }
        let exponent = self.text[range.clone()].trim();
        let base = self.words.last().map(|word| word.said.as_str());
        let capital =
            base.is_some_and(|base| base.len() == 1 && base.bytes().all(|b| b.is_ascii_uppercase()));
        let said = match exponent {
            "2" => "squared",
            "3" => "cubed",
            "\\circ" | "\\degree" | "∘" | "°" => "degrees",
            "*" | "\\ast" | "\\star" => "star",
            "\\prime" => "prime",
            "\\dagger" => "dagger",
            "-1" if capital || matches!(base, Some("f" | "g" | "h")) => "inverse",
            "T" | "\\top" | "\\intercal" if capital => "transpose",
            "+" => "plus",
            "-" => "minus",
            "th" | "\\text{th}" | "\\mathrm{th}" | "\\textrm{th}" => return self.ordinal(place),
            _ => "",
        };
        if !said.is_empty() {
            return self.push(said, place, Of::Operand);
        }
        let (sign, digits) = numbers::sign(exponent);
        if numbers::is_digits(digits) && digits.len() <= 6 {
            let said = match sign {
                "minus " => format!("to the minus {}", numbers::cardinal(digits, self.dialect)),
                _ => format!("to the {}", numbers::ordinal(digits, self.dialect)),
            };
            return self.push(said, place, Of::Operand);
        }
        if let Some((top, bottom)) = exponent.split_once('/')
            && let Some(said) = fractions::words(top, bottom, self.dialect)
        {
            return self.push(format!("to the power of {said}"), place, Of::Operand);
        }
        let words = self.part(range);
        // The charge of an ion, and text.
        let plain = exponent.ends_with(['+', '-']) || exponent.starts_with("\\text") || words.is_empty();
        if !plain {
            self.push(
                "to the power of",
                place.start.saturating_sub(1)..place.start,
                Of::Operand,
            );
        }
        let end = place.end..place.end + 1;
        let long = words.len() > 1 && !plain;
        self.words.extend(words);
        if long {
            self.push(",", end, Of::End);
        }
    }

    /// "n-th"
    pub(super) fn ordinal(&mut self, place: Range<usize>) {
        match self.words.last_mut() {
            Some(word) if word.said.len() == 1 => word.said += "th",
            _ => self.push("th", place, Of::Operand),
        }
    }
}
