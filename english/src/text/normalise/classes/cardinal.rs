//! Numbers on their own: years against cardinals, codes digit by digit, ordinals, decimals, versions.

use crate::text::{
    Dialect,
    normalise::{
        amounts::names::per,
        context::{counts_millions, is_amount, plain, spaced},
        engine::Reading,
        line::Line,
        say::{
            house,
            number::Number,
            numbers,
            spelling::{self, spelled},
        },
        words::Role,
    },
};

/// "1 000 000", "12 500 people"
pub(crate) fn thousands(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (number, tokens) = spaced(line, at)?;
    Some(Reading::new(numbers::cardinal(&number, line.dialect), tokens))
}

/// "23rd"
pub(crate) fn ordinal(line: &Line<'_>, at: usize) -> Option<String> {
    ordinal_words(line.tokens[at].core, line)
}

/// "3 bn", "1.2 mn people"
pub(crate) fn magnitude(line: &Line<'_>, at: usize) -> Option<Reading> {
    let name = match line.next(at)?.core {
        "bn" | "Bn" => "billion",
        "mn" | "mln" => "million",
        "tn" | "trn" => "trillion",
        _ => return None,
    };
    let number = Number::signed(line.tokens[at].core)?;
    let words = format!("{} {name}", number.say(line.dialect));
    Some(Reading::abbreviation(words, 2))
}

/// "20 th", "2-nd"
pub(crate) fn parted_ordinal(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if let Some((digits, ending)) = core.split_once('-') {
        let whole = format!("{digits}{ending}");
        return ordinal_words(&whole, line)
            .filter(|words| !words.ends_with(&format!(" {ending}")))
            .map(|words| Reading::new(words, 1));
    }
    let next = line.next(at).filter(|_| numbers::is_digits(core))?;
    let whole = format!("{core}{}", next.core);
    let matches = matches!(next.core, "st" | "nd" | "rd" | "th");
    matches
        .then(|| ordinal_words(&whole, line))?
        .filter(|words| !words.ends_with(&format!(" {}", next.core)))
        .map(|words| Reading::new(words, 2))
}

/// "23rd", "4ths"; a wrong ending is spelled: "11st".
fn ordinal_words(core: &str, line: &Line<'_>) -> Option<String> {
    if let Some(one) = core
        .strip_suffix("s")
        .filter(|one| one.ends_with(['d', 'h', 't']))
    {
        let ending = one.get(one.len().checked_sub(2)?..)?;
        let words = ordinal_words(one, line)?;
        return (!words.ends_with(&format!(" {ending}"))).then(|| numbers::plural(&words));
    }
    let digits = core.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = core[digits.len()..].to_ascii_lowercase();
    if !numbers::is_integer(digits) || !matches!(ending.as_str(), "st" | "nd" | "rd" | "th") {
        return None;
    }
    let bytes = digits.as_bytes();
    let teen = bytes.len() > 1 && bytes[bytes.len() - 2] == b'1';
    let expected = match bytes.last()? {
        b'1' if !teen => "st",
        b'2' if !teen => "nd",
        b'3' if !teen => "rd",
        _ => "th",
    };
    if ending == expected {
        return Some(numbers::ordinal(digits, line.dialect));
    }
    Some(format!("{} {ending}", spelling::digits(digits, line.dialect)))
}

/// "v1.2", "1.2.3", "Python 3.11": the parts one after the other.
pub(crate) fn version(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    // "v1.0.0-beta.2"
    let (core, stage) = match core.split_once('-') {
        Some((core, stage)) if core.contains('.') && stage.starts_with(|c: char| c.is_ascii_lowercase()) => {
            (core, stage)
        }
        _ => (core, ""),
    };
    let (prefix, numbered) = match core.strip_prefix(['v', 'V']) {
        // "V8" is an engine.
        Some(rest) if core.starts_with('v') || rest.contains('.') => ("version ", rest),
        Some(_) => return None,
        None => ("", core),
    };
    let mut parts = numbered.split('.');
    let thousands = prefix.is_empty()
        && numbered.matches('.').count() > 1
        && numbered.split('.').skip(1).all(|part| part.len() == 3);
    if thousands && numbers::is_integer(&numbered.replace('.', ",")) {
        return Some(numbers::cardinal(numbered, line.dialect));
    }
    let dots = numbered.bytes().filter(|&b| b == b'.').count();
    if !parts.all(|part| numbers::is_digits(part) && part.len() <= 4)
        || dots > 5
        || (prefix.is_empty() && dots < 2)
    {
        return None;
    }
    let words: Vec<_> = numbered
        .split('.')
        .map(|part| spelling::digits(part, line.dialect))
        .collect();
    let mut words = format!("{prefix}{}", words.join(" point "));
    for part in stage.split(['.', '-']).filter(|part| !part.is_empty()) {
        words.push(' ');
        words += &spelled(part, line.dialect, true);
    }
    Some(words)
}

/// "iPhone 4s": a name in several capitals stands before.
fn is_model(line: &Line<'_>, at: usize) -> bool {
    line.tokens[at].core.len() == 2 && line.after_a(at, Role::Hump)
}

/// "747s", "60s": the plural of a number.
pub(crate) fn plural(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let plural = core.strip_suffix('s').filter(|_| !is_model(line, at))?;
    let digits = plural.trim_end_matches(['\'', '’']);
    // "1987's hit" is that of the year.
    if digits.len() == 4
        && digits.len() < plural.len()
        && !digits.ends_with('0')
        && numbers::is_digits(digits)
    {
        return Some(numbers::year(digits, line.dialect) + "'s");
    }
    let said = numbers::is_digits(digits).then(|| {
        if digits.len() == 3 && !digits.ends_with("00") {
            house(digits, line.dialect)
        } else if digits.len() == 4 {
            numbers::year(digits, line.dialect)
        } else {
            numbers::cardinal(digits, line.dialect)
        }
    })?;
    Some(numbers::plural(&said))
}

/// "1_000_000", "1.000.000", "1080p".
pub(crate) fn grouped(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    if let Some(lines) = core
        .strip_suffix(['p', 'i'])
        .filter(|lines| matches!(*lines, "480" | "720" | "1080" | "1440" | "2160"))
    {
        return Some(format!(
            "{} {}",
            house(lines, line.dialect),
            core[lines.len()..].to_ascii_uppercase()
        ));
    }
    let swiss = core.contains(['\'', '’']) && core.split(['\'', '’']).skip(1).all(|group| group.len() == 3);
    let digits = (core.contains('_') || swiss)
        && core
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '_' | '\'' | '’'))
        && core.starts_with(|c: char| c.is_ascii_digit());
    digits.then(|| numbers::cardinal(core, line.dialect))
}

/// "2,500-year-old", "1200-page", "1990-style": a long number and what it counts.
pub(crate) fn compound(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    const AFTER_YEARS: &[&str] = &["born", "built", "era", "model", "present", "style", "vintage"];
    let (number, noun) = core.split_once('-')?;
    let square = noun.starts_with("sq-");
    let long = number.contains([',', '.']) || number.len() == 4 || square;
    let amount = Number::of(number).filter(|_| long && noun.len() > 2)?;
    if !noun.chars().all(|c| c.is_alphabetic() || c == '-') || noun.contains("--") {
        return None;
    }
    // "3.8.4-lkgr" is spelled.
    let vowels = |part: &str| part.contains(|c: char| !c.is_ascii() || "aeiouyAEIOUY".contains(c));
    if !square && !noun.split('-').all(vowels) {
        return None;
    }
    let first = noun.split('-').next()?;
    let said = if numbers::is_digits(number) && AFTER_YEARS.contains(&first) {
        numbers::year(number, line.dialect)
    } else {
        amount.say(line.dialect)
    };
    let noun = noun.replace('-', " ");
    // "850-sq-ft"
    let noun = if square {
        noun.replacen("sq", "square", 1)
            .replace("ft", "foot")
            .replace(" mi", " mile")
    } else {
        noun
    };
    Some(format!("{said} {noun}"))
}

/// "401(k)", "501(c)(3)".
pub(crate) fn paragraph(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let (digits, rest) = core.split_once('(')?;
    let rest = rest.strip_suffix(')')?;
    if !numbers::is_digits(digits) || digits.len() > 4 {
        return None;
    }
    let mut words = house(digits, line.dialect);
    for part in rest.split(")(") {
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        words.push(' ');
        if numbers::is_digits(part) {
            words += &numbers::cardinal(part, line.dialect);
        } else {
            words += &part.to_ascii_uppercase();
        }
    }
    Some(words)
}

/// "2,5 to 3,5 kg": both have a decimal comma.
fn leads_to_decimal(line: &Line<'_>, at: usize) -> bool {
    let linked = line
        .next(at)
        .is_some_and(|next| matches!(next.core, "and" | "or" | "to"));
    let second = line
        .get(at + 2)
        .filter(|_| linked)
        .map_or("", |second| second.core);
    second.contains(',') && Number::before(second).is_none() && Number::before_either(second).is_some()
}

/// "802.11ax", "802.3": the standards of networks.
fn standard(core: &str, dialect: Dialect) -> Option<String> {
    let rest = core.strip_prefix("802.")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letters) = rest.split_at(digits);
    let short = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let known = matches!(number, "1" | "3" | "11" | "15" | "16") && letters.split('/').all(short);
    known.then(|| {
        let number = numbers::cardinal(number, dialect);
        let letters = letters.to_ascii_uppercase().replace('/', " ");
        format!("eight oh two dot {number} {letters}")
            .trim_end()
            .to_owned()
    })
}

pub(crate) fn number(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    if let Some(words) = standard(core, line.dialect) {
        return Some(words);
    }
    let (sign, unsigned) = numbers::sign(core);
    if numbers::is_digits(unsigned) {
        let words = if sign.is_empty() {
            plain(unsigned, line, at)
        } else {
            numbers::cardinal(unsigned, line.dialect)
        };
        return Some(format!("{sign}{words}"));
    }
    if matches!(unsigned, "401k" | "401K" | "403b" | "403B") {
        let (digits, letter) = unsigned.split_at(3);
        let digits = house(digits, line.dialect);
        return Some(format!("{sign}{digits} {}", letter.to_ascii_uppercase()));
    }
    let Some((number, suffix)) = Number::before(unsigned) else {
        // "1,5 million", "0,5"
        let (decimal, rest) = Number::before_either(unsigned)?;
        let clear =
            unsigned.starts_with("0,") || line.before_a(at, Role::Magnitude) || leads_to_decimal(line, at);
        return (clear && rest.is_empty()).then(|| format!("{sign}{}", decimal.say(line.dialect)));
    };
    if matches!(suffix, "M" | "B") && !is_amount(&number, line, at) {
        return None;
    }
    let suffix = if suffix == "m" && counts_millions(line, at) {
        "M"
    } else {
        suffix
    };
    let words = number.say(line.dialect);
    // "2x/day"
    if let Some(period) = suffix.strip_prefix("x/") {
        let period = per(period, line.dialect)?;
        let times = if number.is_one() { "time" } else { "times" };
        return Some(format!("{words} {times} per {period}"));
    }
    let suffix = match suffix {
        "" => "",
        "+" => " plus",
        // "4K", "a 10K race"
        "k" | "K" if number.is_whole() && matches!(number.whole(), "2" | "4" | "5" | "8" | "10") => " K",
        "k" | "K" => " thousand",
        "M" | "mn" => " million",
        "B" | "bn" => " billion",
        "x" | "X" => " x",
        _ => return None,
    };
    Some(format!("{sign}{words}{suffix}"))
}
