//! Addresses of the net: URLs, e-mail, host and file names, hashtags and handles, IP addresses.

use crate::text::normalise::{
    engine::Reading,
    line::Line,
    options::Urls,
    say::{
        numbers,
        spelling::{self, spelled},
    },
    words::{self, Role},
};

/// "# 5", "Part #: 44"
pub(crate) fn number_sign(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let headed = token.close == ":" && line.previous(at).is_some();
    let leads = headed || line.next(at).is_some_and(|next| next.is_digits());
    (token.core == "#" && leads).then(|| "number".to_owned())
}

pub(crate) fn email(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    is_email(core).then(|| said(core, line, line.options.email_normalization))
}

/// "127.0.0.1", "10.0.0.0/8", "127.0.0.1:80"
pub(crate) fn ip(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let (host, rest) = core.split_at(core.find(['/', ':']).unwrap_or(core.len()));
    if !is_ip(host) {
        return None;
    }
    let groups: Vec<_> = host.split('.').map(numbers::spelled).collect();
    let host = groups.join(" dot ");
    let (bits, port) = (rest.strip_prefix('/'), rest.strip_prefix(':'));
    if let Some(bits) = bits.filter(|bits| numbers::is_digits(bits) && bits.len() <= 2) {
        return Some(format!("{host} slash {}", numbers::cardinal(bits, line.dialect)));
    }
    if let Some(port) = port.filter(|port| numbers::is_digits(port)) {
        return Some(format!("{host} colon {}", numbers::spelled(port)));
    }
    rest.is_empty().then_some(host)
}

pub(crate) fn url(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let core = token.core;
    if !is_url(core) {
        return None;
    }
    let words = match line.options.url_normalization {
        Urls::Full => say(core),
        Urls::Signless => said(core, line, false),
        Urls::Short => short(core),
        Urls::Skip => {
            // Of "(https://…)." the full stop is left.
            let alone = token.open.ends_with('(') && token.close.starts_with(')');
            return Some(Reading::new("", 1).with_open(alone).with_close(alone));
        }
    };
    Some(Reading::new(words, 1))
}

/// The name of the site: "a link to github dot com". A name that leads nowhere further is said as it is.
fn short(url: &str) -> String {
    let (scheme, rest) = url
        .split_once("://")
        .map_or((false, url), |(_, rest)| (true, rest));
    let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = place.rsplit('@').next().unwrap_or(place);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let site = say(host.strip_prefix("www.").unwrap_or(host));
    if site.is_empty() {
        return say(url);
    }
    if scheme || path.len() > 1 {
        format!("a link to {site}")
    } else {
        site
    }
}

pub(crate) fn file(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let name = core.split_once('?').map_or(core, |(name, _)| name);
    (is_file(core) || is_file(name)).then(|| say(core))
}

pub(crate) fn handle(line: &Line<'_>, at: usize) -> Option<String> {
    let name = line.tokens[at].core.strip_prefix('@')?;
    if numbers::is_digits(name) {
        return None;
    }
    // "@10am"
    if let Some(digits) = name.strip_suffix("am").or_else(|| name.strip_suffix("pm"))
        && numbers::is_digits(digits)
    {
        return None;
    }
    (name.starts_with(char::is_alphanumeric) && name.bytes().all(is_name_byte))
        .then(|| format!("at {}", say(name)))
}

pub(crate) fn hashtag(line: &Line<'_>, at: usize) -> Option<String> {
    let name = line.tokens[at].core.strip_prefix('#')?;
    // "#4B" is a door.
    let digits = name.trim_end_matches(|c: char| c.is_ascii_uppercase());
    if name.len() == digits.len() + 1 && numbers::is_digits(digits) {
        let number = numbers::cardinal(digits, line.dialect);
        return Some(format!("number {number} {}", &name[digits.len()..]));
    }
    if numbers::is_digits(name) {
        let number = if name.len() > 4 {
            numbers::spelled(name)
        } else {
            numbers::cardinal(name, line.dialect)
        };
        return Some(format!("number {number}"));
    }
    // "Order #A-10293"
    let serial = name.contains('-')
        && name.contains(|c: char| c.is_ascii_digit())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    if serial {
        return Some(format!("number {}", spelled(name, line.dialect, false)));
    }
    let tag = name.contains(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    // "#tbt"
    if tag
        && name.len() < 6
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() && !b"aeiouy".contains(&b))
    {
        return Some(format!("hashtag {}", name.to_ascii_uppercase()));
    }
    let plain = |text: &str| text.chars().all(|c| c.is_alphabetic() || c == ' ');
    let split = spelling::parts(name);
    let words = if plain(&split) {
        split
    } else {
        spelled(name, line.dialect, true)
    };
    tag.then(|| format!("hashtag {words}"))
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let (host, _) = host.split_once(['/', '?', ':']).unwrap_or((host, ""));
    let name = name.strip_prefix("mailto:").unwrap_or(name);
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._%+&-'~!#$*=".contains(&b))
        && host.contains('.')
        && is_host(host)
}

fn is_host(host: &str) -> bool {
    host.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    })
}

/// Four numbers up to 255, or with three digits, as people make them up: "987.987.0.40".
fn is_ip(text: &str) -> bool {
    let parts = || text.split('.');
    let short = |part: &str| part.len() <= 3 && numbers::is_digits(part);
    parts().count() == 4 && parts().all(short)
}

fn is_url(text: &str) -> bool {
    if let Some((scheme, rest)) = text.split_once("://") {
        return !rest.is_empty() && scheme.len() >= 2 && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    }
    let host_end = text.find(['/', '?', '#', ':']).unwrap_or(text.len());
    let host = &text[..host_end];
    if host == "localhost" {
        return host_end < text.len();
    }
    let Some((name, domain)) = host.rsplit_once('.') else {
        return false;
    };
    let port_or_path = &text[host_end..];
    if port_or_path.starts_with(':') && !port_or_path[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let lower = domain.to_ascii_lowercase();
    let known = words::is(&lower, Role::Domain) || words::is(&lower, Role::Country);
    is_host(host)
        && name.contains(|c: char| c.is_ascii_alphabetic())
        // "end.No" is two sentences.
        && (domain == lower || domain == domain.to_ascii_uppercase())
        && (known || (text.starts_with("www.") && domain.bytes().all(|b| b.is_ascii_alphabetic())))
}

fn is_file(text: &str) -> bool {
    let Some((name, extension)) = text.rsplit_once('.') else {
        return false;
    };
    let name = name.trim_start_matches(['.', '/', '~']);
    words::said(extension, Role::Extension).is_some()
        && (extension.len() > 1
            || name.contains(['/', '_', '-'])
            || name.bytes().all(|b| b.is_ascii_lowercase()))
        && name.contains(|c: char| c.is_ascii_alphanumeric())
        && !numbers::is_digits(name)
        && name
            .bytes()
            .all(|b| is_name_byte(b) || b == b'/' || b == b'\\' || b == b':')
}

/// An address in full, or without the names of its signs where its class is switched off.
fn said(core: &str, line: &Line<'_>, full: bool) -> String {
    if full {
        say(core)
    } else {
        spelled(core, line.dialect, false)
    }
}

/// Letters as words, digits one by one, signs by name.
fn say(text: &str) -> String {
    let mut words = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let alphabetic = c.is_alphabetic();
        let end = rest
            .find(|d: char| d.is_alphabetic() != alphabetic)
            .filter(|_| alphabetic)
            .unwrap_or(if alphabetic { rest.len() } else { c.len_utf8() });
        let part = &rest[..end];
        let after_dot = words.ends_with("dot");
        rest = &rest[end..];
        if !words.is_empty() {
            words.push(' ');
        }
        if alphabetic {
            words.push_str(&letters(part, after_dot, rest));
        } else if c.is_ascii_digit() {
            words.push_str(&numbers::spelled(part));
        } else {
            words.push_str(sign(c));
        }
        if words.ends_with(' ') {
            words.pop();
        }
    }
    words
}

/// A run of letters: known abbreviations and the ends of names in capitals, so that they are spelled.
fn letters(part: &str, after_dot: bool, rest: &str) -> String {
    let lower = part.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "http" | "https" | "www" | "ftp" | "ssh" | "html" | "php" | "pdf" | "xml" | "rss" | "sql" | "cdn"
    ) {
        return lower.to_ascii_uppercase();
    }
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
    if after_dot && ends {
        if words::is(&lower, Role::Domain) {
            return lower;
        }
        if let Some(word) = words::said(&lower, Role::Extension).filter(|_| rest.is_empty()) {
            return word.to_owned();
        }
        if lower == "co" {
            return lower;
        }
        if lower.len() == 2 {
            return lower.to_ascii_uppercase();
        }
    }
    let vowels = lower.bytes().any(|b| b"aeiouy".contains(&b)) || !lower.is_ascii();
    if lower.len() > 1 && !vowels {
        return lower.to_ascii_uppercase();
    }
    spelling::parts(part)
}

fn sign(c: char) -> &'static str {
    words::said(c.encode_utf8(&mut [0; 4]), Role::NetSign).unwrap_or_else(|| spelling::name(c))
}
