//! The grammar of voice mixes: `af_bella(2) + af_sky - bm_lewis(0.5)`.

use super::VoiceError;

/// The longest expression, in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 2048;
pub(super) const MAX_WEIGHT: f32 = 1000.0;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) name: String,
    /// Negative after a minus; never 0.
    pub(super) weight: f32,
}

impl Term {
    /// The term as [`parse`] reads it.
    pub(super) fn written(&self, first: bool) -> String {
        let sign = match (self.weight < 0.0, first) {
            (true, _) => "-",
            (false, true) => "",
            (false, false) => "+",
        };
        format!(
            "{sign}{}({})",
            self.name,
            (self.weight.abs() * 1000.0).round() / 1000.0
        )
    }
}

/// One term or more. The first may not be subtracted: it gives the mix its dialect.
pub(super) fn parse(expression: &str) -> Result<Vec<Term>, VoiceError> {
    if expression.len() > MAX_EXPRESSION_BYTES {
        return Err(VoiceError::TooLong);
    }
    if expression.trim().is_empty() {
        return Err(VoiceError::Empty);
    }
    let mut terms = Vec::new();
    let mut rest = Rest {
        all: expression,
        at: 0,
    };
    let mut sign = 1.0;
    loop {
        let term = rest.term()?;
        terms.push(Term {
            weight: term.weight * sign,
            ..term
        });
        sign = match rest.next() {
            None => return Ok(terms),
            Some('+') => 1.0,
            Some('-') => -1.0,
            Some(_) => return Err(rest.expected("+ or -")),
        };
    }
}

struct Rest<'a> {
    all: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn term(&mut self) -> Result<Term, VoiceError> {
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() {
            self.next();
            return Err(self.expected("a voice's name"));
        }
        let mut ahead = Rest { ..*self };
        if ahead.next() != Some('(') {
            return Ok(Term {
                name: name.to_owned(),
                weight: 1.0,
            });
        }
        self.at = ahead.at;
        let number = self.take_while(|c| c != ')');
        if self.next() != Some(')') {
            return Err(self.expected("a closing bracket"));
        }
        match number.trim().parse::<f32>() {
            Ok(weight) if weight > 0.0 && weight <= MAX_WEIGHT => Ok(Term {
                name: name.to_owned(),
                weight,
            }),
            _ => Err(VoiceError::Weight {
                name: name.to_owned(),
            }),
        }
    }

    /// The next character after white space.
    fn next(&mut self) -> Option<char> {
        self.take_while(char::is_whitespace);
        let next = self.all[self.at..].chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> &'a str {
        let rest = &self.all[self.at..];
        let rest_trimmed = rest.trim_start();
        let skipped = rest.len() - rest_trimmed.len();
        let length = rest_trimmed.find(|c| !wanted(c)).unwrap_or(rest_trimmed.len());
        self.at += skipped + length;
        &rest_trimmed[..length]
    }

    /// For the character just passed.
    fn expected(&self, expected: &'static str) -> VoiceError {
        let at = self.all[..self.at].chars().count();
        VoiceError::Syntax { at, expected }
    }
}
