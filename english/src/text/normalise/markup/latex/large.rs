//! What is said of more than one argument: fractions, roots, sums, limits, functions, absolute values.

use std::ops::Range;

use super::{Formula, Of, Word, commands::Kind};
use crate::text::normalise::{amounts::fractions, say::numbers};

impl Formula<'_> {
    /// A function, a limit or a sum, with what it goes over.
    pub(super) fn named(&mut self, kind: Kind, said: &str, start: usize) {
        let here = start..self.at;
        if kind == Kind::Limit && self.rest().trim().is_empty() {
            // "x_{\max}"
            return self.push(
                self.text[here.clone()].trim_start_matches('\\'),
                here,
                Of::Operand,
            );
        }
        if self.words.last().is_some_and(|word| word.said == "arg") {
            self.words.pop();
            self.push("the arg", here.clone(), Of::Operand);
            let name = self.text[here.clone()].trim_start_matches('\\');
            self.push(name, here.clone(), Of::Operand);
        } else {
            self.push(said, here.clone(), Of::Operand);
        }
        let (below, above) = self.above_and_below();
        let of = |formula: &mut Self| formula.push("of", here.clone(), Of::Operand);
        match kind {
            Kind::Large => {
                if let Some(below) = below {
                    let words = self.part(below);
                    let from = if above.is_some() { "from" } else { "over" };
                    self.push(from, here.clone(), Of::Operand);
                    self.words.extend(words);
                }
                if let Some(above) = above {
                    self.push("to", here.clone(), Of::Operand);
                    let words = self.part(above);
                    self.words.extend(words);
                }
                of(self);
            }
            Kind::Limit => {
                if let Some(below) = below {
                    let mut words = self.part(below);
                    let nears = words.iter_mut().find(|word| word.said == "to");
                    let over = if nears.is_some() { "as" } else { "over" };
                    if let Some(to) = nears {
                        "approaches".clone_into(&mut to.said);
                    }
                    self.push(over, here.clone(), Of::Operand);
                    self.words.extend(words);
                }
                of(self);
            }
            _ => {
                if let Some(below) = below {
                    self.push("base", here.clone(), Of::Operand);
                    let words = self.part(below);
                    self.words.extend(words);
                }
                if let Some(above) = above {
                    if &self.text[above.clone()] == "-1" {
                        self.push("inverse", above, Of::Operand);
                    } else {
                        self.power(above);
                    }
                }
                let rest = self.rest();
                if rest.trim_start().starts_with('(') {
                    self.at += rest.len() - rest.trim_start().len();
                    self.of_brackets(true);
                } else if said.starts_with("the ") {
                    of(self);
                }
            }
        }
    }

    pub(super) fn fraction(&mut self, here: Range<usize>) {
        let (above, below) = (self.argument(), self.argument());
        let (whole, place) = (above.start..below.end, below.start.saturating_sub(1)..below.start);
        let (top, bottom) = (self.text[above.clone()].trim(), self.text[below.clone()].trim());
        if let Some(said) = fractions::words(top, bottom, self.dialect).filter(|_| numbers::is_digits(bottom))
        {
            if self.text[..here.start].ends_with(|c: char| c.is_ascii_digit()) {
                self.push("and", here, Of::Operand);
            }
            self.push(said, whole, Of::Operand);
            return self.scripts();
        }
        let (top, bottom) = (self.part(above), self.part(below));
        self.joined(top, place.clone());
        self.push("over", place.clone(), Of::Operand);
        self.joined(bottom, place.end..self.at.max(place.end + 1));
        self.scripts();
    }

    pub(super) fn root(&mut self, here: Range<usize>) {
        let index = self.optional();
        let name = match index.clone().map(|index| self.text[index].trim()) {
            None | Some("2") => "square".to_owned(),
            Some("3") => "cube".to_owned(),
            Some(digits) if numbers::is_digits(digits) => numbers::ordinal(digits, self.dialect),
            Some(letters) => format!("{letters}th"),
        };
        self.push(format!("the {name} root of"), here, Of::Operand);
        let inside = self.argument();
        let end = inside.end;
        let words = self.part(inside);
        self.joined(words, end..self.at.max(end + 1));
        self.scripts();
    }

    /// The words of a fraction whose first number has been read: "1/2".
    pub(super) fn ratio(&mut self, top: &str) -> Option<String> {
        let rest = self.rest().strip_prefix('/')?;
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let bottom = &rest[..length];
        let less = top.parse::<u32>().ok()? < bottom.parse::<u32>().ok()?;
        let said = fractions::words(top, bottom, self.dialect).filter(|_| less)?;
        self.at += 1 + length;
        Some(said)
    }

    /// "of" what stands in the brackets that follow: `f(x)`, and `y(t)` where nothing in them is reckoned.
    pub(super) fn of_brackets(&mut self, surely: bool) {
        let start = self.at;
        let Some(rest) = self.rest().strip_prefix('(') else {
            return;
        };
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some(end) = end.map(|end| start + 1 + end) else {
            return;
        };
        let written = &self.text[start + 1..end];
        let reckons = written.contains(['+', '-', '=', '<', '>', '*', '/', '\\']);
        if reckons && !surely {
            return;
        }
        let inside = self.part(start + 1..end);
        if inside.is_empty() {
            return;
        }
        self.at = end + 1;
        self.push("of", start..start + 1, Of::Operand);
        self.joined(inside, end..end + 1);
        self.scripts();
    }

    /// Absolute values and norms, and the bar of "P(A|B)".
    pub(super) fn bar(&mut self, start: usize, of: &str) {
        let here = start..self.at;
        let operand = self.words.last().is_some_and(|word| word.kind == Of::Operand);
        if let Some(began) = self.bar.take() {
            let reckons = self.words[began.min(self.words.len())..]
                .iter()
                .any(|word| word.kind == Of::Operator);
            if reckons {
                self.push(",", here, Of::End);
            }
            self.scripts();
        } else if operand && !self.rest().contains(['|']) {
            let said = if self.set { "such that" } else { "given" };
            self.push(said, here, Of::Operator);
        } else {
            self.push(of, here, Of::Operand);
            self.bar = Some(self.words.len());
        }
    }

    /// Text between formulas: `\text{if }`.
    pub(super) fn verbatim(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for word in self.text[range].split(' ') {
            let said: String = word
                .chars()
                .filter(|c| !matches!(c, '$' | '\\' | '{' | '}'))
                .collect();
            self.push(said, at..at + word.len(), Of::Operand);
            at += word.len() + 1;
        }
    }

    /// An argument, and a comma where it is long.
    pub(super) fn joined(&mut self, words: Vec<Word>, place: Range<usize>) {
        let long = words.iter().any(|word| word.kind == Of::Operator);
        self.words.extend(words);
        if long {
            self.push(",", place, Of::End);
        }
    }
}
