//! Identifiers of machines and books: MAC and IPv6 addresses, UUIDs, hexadecimal numbers, colours, ISBNs. Each sign of
//! them counts, so each is said.

use crate::text::normalise::{
    context::is_announced,
    engine::Reading,
    line::Line,
    say::numbers,
    words::{Role, is},
};

/// The core of the token at `at`: no identifier is shorter or longer.
fn core<'a>(line: &Line<'a>, at: usize) -> Option<&'a str> {
    Some(line.tokens[at].core).filter(|core| (4..=48).contains(&core.len()))
}

/// "****4321", "**** 4321": the end of a card.
pub(crate) fn card(line: &Line<'_>, at: usize) -> Option<String> {
    let core = core(line, at)?;
    let digits = core.trim_start_matches(['*', '•']);
    let hidden = |text: &str| text.len() > 1 && text.chars().all(|c| matches!(c, '*' | '•'));
    let before = || line.previous(at).is_some_and(|before| hidden(before.core));
    let covered = core.len() > digits.len() + 1 || core.len() == digits.len() && before();
    (covered && numbers::is_digits(digits)).then(|| numbers::spelled(digits))
}

/// "S01E05"
pub(crate) fn episode(line: &Line<'_>, at: usize) -> Option<String> {
    let (season, episode) = core(line, at)?.strip_prefix('S')?.split_once('E')?;
    let known = season.len() == 2 && (2..=3).contains(&episode.len());
    let number = |digits| numbers::cardinal(digits, line.dialect);
    (known && numbers::is_digits(season) && numbers::is_digits(episode))
        .then(|| format!("season {} episode {}", number(season), number(episode)))
}

/// "0xFF"
pub(crate) fn hexadecimal(line: &Line<'_>, at: usize) -> Option<String> {
    let core = core(line, at)?;
    let digits = core.strip_prefix("0x").or_else(|| core.strip_prefix("0X"))?;
    is_hex(digits).then(|| format!("zero X {}", spelled(digits)))
}

/// "#1a2b3c": with letters alone it may be a tag, with digits alone a number.
pub(crate) fn colour(line: &Line<'_>, at: usize) -> Option<String> {
    let digits = core(line, at)?.strip_prefix('#')?;
    let mixed =
        digits.contains(|c: char| c.is_ascii_digit()) && digits.contains(|c: char| c.is_ascii_alphabetic());
    (matches!(digits.len(), 3 | 6 | 8) && mixed && is_hex(digits))
        .then(|| format!("hash {}", spelled(digits)))
}

/// "00:1B:44:11:3A:B7"
pub(crate) fn mac(line: &Line<'_>, at: usize) -> Option<String> {
    let core = core(line, at)?;
    let mark = if core.contains(':') { ':' } else { '-' };
    let groups: Vec<_> = core.split(mark).collect();
    let pairs = groups.len() == 6 && groups.iter().all(|group| group.len() == 2 && is_hex(group));
    // Digits with hyphens are rather a telephone number.
    let lettered = core.contains(|c: char| c.is_ascii_alphabetic());
    (pairs && (mark == ':' || lettered)).then(|| grouped(&groups))
}

/// "550e8400-e29b-41d4-a716-446655440000"
pub(crate) fn uuid(line: &Line<'_>, at: usize) -> Option<String> {
    let groups: Vec<_> = core(line, at)?.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    (lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| is_hex(group))).then(|| grouped(&groups))
}

/// "commit 9fceb02", "d41d8cd98f00b204e9800998ecf8427e": a hash, in groups where it is long.
pub(crate) fn hash(line: &Line<'_>, at: usize) -> Option<String> {
    const SHORTEST: usize = 7;
    const LONG: usize = 12;
    const LONGEST: usize = 128;
    let core = line.tokens[at].core;
    if !(SHORTEST..=LONGEST).contains(&core.len()) || !is_hex(core) {
        return None;
    }
    let named = || {
        line.previous(at).is_some_and(|before| {
            let word = before.core.to_ascii_lowercase();
            matches!(
                word.as_str(),
                "checksum" | "commit" | "commits" | "hash" | "revision" | "sha"
            )
        })
    };
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    let mixed = digits > 1 && core.len() > digits + 1;
    if !mixed || core.len() < LONG && !named() {
        return None;
    }
    let size = if core.len() < LONG { core.len() } else { 4 };
    let groups = core.as_bytes().chunks(size);
    let groups: Vec<_> = groups.filter_map(|group| str::from_utf8(group).ok()).collect();
    Some(grouped(&groups))
}

/// "CaCO3", "NaHCO3": symbols of elements, some of two letters, and their numbers; each letter is said.
pub(crate) fn formula(line: &Line<'_>, at: usize) -> Option<String> {
    const LONGEST: usize = 24;
    let core = line.tokens[at].core;
    if core.len() > LONGEST || !core.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let (mut words, mut elements, mut long, mut rest) = (Vec::new(), 0, false, core);
    while let Some(c) = rest.chars().next() {
        let end =
            rest[1..].find(|d: char| d.is_ascii_uppercase() || c.is_ascii_uppercase() && d.is_ascii_digit());
        let (part, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after;
        if numbers::is_digits(part) {
            words.push(numbers::cardinal(part, line.dialect));
            continue;
        }
        if !is(part, Role::Element) {
            return None;
        }
        elements += 1;
        long |= part.len() > 1;
        words.extend(part.chars().map(|c| c.to_ascii_uppercase().to_string()));
    }
    (elements > 1 && long && core.bytes().any(|b| b.is_ascii_digit())).then(|| words.join(" "))
}

/// "O- blood", "type AB+": rhesus positive or negative.
pub(crate) fn blood(line: &Line<'_>, at: usize) -> Option<Reading> {
    const REACH: usize = 3;
    let token = &line.tokens[at];
    let (group, sign) = match token.core.strip_suffix('+') {
        Some(group) => (group, "positive"),
        None => (token.core, "negative"),
    };
    let signed = sign == "positive" || token.close.starts_with('-');
    if !matches!(group, "A" | "B" | "AB" | "O") || !signed {
        return None;
    }
    let near = &line.tokens[at.saturating_sub(REACH)..line.tokens.len().min(at + REACH + 1)];
    let blood = near.iter().any(|token| {
        let word = token.core.to_ascii_lowercase();
        matches!(
            word.as_str(),
            "blood" | "donor" | "donors" | "plasma" | "transfusion" | "type"
        )
    });
    // Before a hyphen "A" is no article.
    let group = if group == "AB" { "A B" } else { group };
    blood.then(|| Reading::new(format!("{group}-{sign}"), 1).with_close(sign == "negative"))
}

/// "2001:db8::1", "fe80::/10"
pub(crate) fn ipv6(line: &Line<'_>, at: usize) -> Option<String> {
    let core = core(line, at)?;
    let (address, bits) = match core.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (core, None),
    };
    let groups: Vec<_> = address.split(':').collect();
    let whole = groups.len() == 8 || address.matches("::").count() == 1 && (3..=8).contains(&groups.len());
    let hex = |group: &&str| group.is_empty() || group.len() <= 4 && is_hex(group);
    let known = whole && groups.iter().all(hex) && bits.is_none_or(numbers::is_digits);
    known.then(|| {
        let said: Vec<_> = groups.iter().map(|group| spelled(group)).collect();
        // Each empty group leaves two spaces between its colons.
        let mut words = said.join(" colon ").replace("  ", " ").trim().to_owned();
        if let Some(bits) = bits {
            words += " slash ";
            words += &numbers::cardinal(bits, line.dialect);
        }
        words
    })
}

/// "ISBN 978-3-16-148410-0", "account 12-3456-789"
pub(crate) fn catalogued(line: &Line<'_>, at: usize) -> Option<String> {
    let groups: Vec<_> = core(line, at)?.split('-').collect();
    let check = |group: &str| group == "X" || numbers::is_digits(group);
    (groups.len() > 2 && groups.iter().all(|group| check(group)) && is_announced(line, at))
        .then(|| grouped(&groups))
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn grouped(groups: &[&str]) -> String {
    groups
        .iter()
        .map(|group| spelled(group))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Sign by sign, letters in capitals.
fn spelled(text: &str) -> String {
    let signs = text.chars().map(|c| {
        if c.is_ascii_digit() {
            numbers::spelled(c.encode_utf8(&mut [0; 4]))
        } else {
            c.to_ascii_uppercase().to_string()
        }
    });
    signs.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn says_every_sign() {
        for (written, said) in [
            (
                "00:1b:44:11:3A:B7",
                "Zero zero, one B, four four, one one, three A, B seven",
            ),
            ("It is 0xC0DE.", "It is zero X C zero D E."),
            ("color #FF5733", "color hash F F five seven three three"),
            ("2001:db8::1", "Two zero zero one colon D B eight colon colon one"),
            ("(fe80::/10)", "(F E eight zero colon colon slash ten)"),
            (
                "ISBN 0-306-40615-X",
                "ISBN zero, three zero six, four zero six one five, X",
            ),
        ] {
            assert_eq!(american(written), said);
        }
    }

    #[test]
    fn says_the_end_of_a_card() {
        assert_eq!(american("card ****4321"), "card four three two one");
        assert_eq!(american("S01E05"), "Season one episode five");
    }

    #[test]
    fn leaves_others_alone() {
        assert_eq!(american("#FACADE"), "Hashtag FACADE");
        assert_eq!(
            american("at 10:15:30"),
            "at ten hours fifteen minutes and thirty seconds"
        );
        assert_eq!(american("a:b:c"), "a: b: c");
    }
}
