//! Growth from one period to the next: "y/y", "QoQ".

use crate::text::{
    Dialect,
    normalise::{
        line::Line,
        words::{Role, said},
    },
};

/// "year over year" and its kin.
pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    // Meters and watts there may be, too.
    let after_percent = || {
        line.previous(at)
            .is_some_and(|before| before.core.ends_with('%') || before.core == "percent")
    };
    let period = said(core, Role::Period)
        .or_else(|| said(core, Role::PeriodAfterPercent).filter(|_| after_percent()))?;
    let link = match line.dialect {
        Dialect::American => "over",
        Dialect::British => "on",
    };
    Some(format!("{period} {link} {period}"))
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::{american, british};

    #[test]
    fn names_the_periods() {
        assert_eq!(
            american("up 2% y/y, 1% m/m"),
            "up two percent year over year, one percent month over month"
        );
        assert_eq!(british("up 2% YoY"), "up two percent year on year");
    }
}
