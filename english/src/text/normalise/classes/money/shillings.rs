//! Pounds, shillings and pence of old: "£5 10s. 6d.", "3s. a week", "2/-".

use crate::text::normalise::{
    amounts::fractions::vulgar,
    engine::{Dot, Reading},
    line::{Line, tokens::Token},
    say::numbers,
};

/// The signs from the greatest to the smallest, with one and many.
const COINS: [(char, &str, &str); 3] = [
    ('£', "pound", "pounds"),
    ('s', "shilling", "shillings"),
    ('d', "penny", "pence"),
];

/// "£5 10s. 6d.", "10s 6d", "6½d.", "2/-"
pub(crate) fn shillings(line: &Line<'_>, at: usize) -> Option<Reading> {
    if let Some(shillings) = line.tokens[at]
        .core
        .strip_suffix('/')
        .filter(|_| line.tokens[at].close == "-")
    {
        let words = said(shillings, "shilling", "shillings", line)?;
        return Some(Reading::new(words, 1).with_close(true));
    }
    let mut parts = Vec::new();
    let (mut tokens, mut signs) = (0, String::new());
    for (sign, one, many) in COINS {
        let next = if tokens == 0 {
            line.get(at)
        } else {
            line.next_after_dot(at + tokens - 1)
        };
        let Some(number) = next.and_then(|token| number(token, sign)) else {
            continue;
        };
        tokens += 1;
        signs.push(sign);
        if number != "0" {
            parts.push(said(number, one, many, line)?);
        }
    }
    let last = line.get(at + tokens.checked_sub(1)?)?;
    let next = line.next_after_dot(at + tokens - 1);
    let alone = match signs.as_str() {
        "£" => false,
        // "3s. a week": seconds have no full stop.
        "s" => last.close.starts_with('.') && next.is_some_and(Token::is_small_word),
        "d" => last.close.starts_with('.'),
        _ => true,
    };
    let (last, before) = parts.split_last().filter(|_| alone)?;
    let words = if before.is_empty() {
        last.clone()
    } else {
        format!("{} and {last}", before.join(" "))
    };
    Some(Reading::new(words, tokens).with_dot(Dot::Perhaps))
}

/// The number of a coin in a token: "5" of "£5", "10" of "10s".
fn number<'a>(token: &Token<'a>, sign: char) -> Option<&'a str> {
    let core = token.core;
    let number = if sign == '£' {
        core.strip_prefix(sign)?
    } else {
        core.strip_suffix(sign)?
    };
    let whole = number.trim_end_matches(|c| vulgar(c).is_some());
    (number.len() <= 9 && !number.is_empty() && (whole.is_empty() || numbers::is_integer(whole)))
        .then_some(number)
}

/// "ten shillings", "six and a half pence", "a halfpenny"
fn said(number: &str, one: &str, many: &str, line: &Line<'_>) -> Option<String> {
    if (number, one) == ("½", "penny") {
        return Some("a halfpenny".to_owned());
    }
    let whole = number.trim_end_matches(|c| vulgar(c).is_some());
    let part = number[whole.len()..].chars().next().and_then(vulgar);
    let unit = if number == "1" { one } else { many };
    let words = numbers::is_integer(whole).then(|| numbers::cardinal(whole, line.dialect));
    Some(match part {
        Some("one half") => format!("{} and a half {unit}", words?),
        Some(part) => format!("{} and {part} {unit}", words?),
        None => format!("{} {unit}", words?),
    })
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn counts_coins() {
        for (written, said) in [
            (
                "It cost £5 10s. 6d. then.",
                "It cost five pounds ten shillings and six pence then.",
            ),
            ("5s. a week", "Five shillings a week"),
            ("6½d. each", "Six and a half pence each"),
            ("for 2/- each", "for two shillings each"),
        ] {
            assert_eq!(american(written), said);
        }
    }

    #[test]
    fn leaves_seconds_alone() {
        assert_eq!(
            american("It took 10s. It was fast."),
            "It took ten seconds. It was fast."
        );
    }
}
