//! Cuts a line into tokens: what stands between white space and dashes, with the punctuation around it set apart.

use crate::text::{
    normalise::{
        calendar::is_span,
        say::spelling::is_greek,
        words::{Role, Roles, is, roles},
    },
    spanned::LITERAL,
};

/// A longer run without white space is cut; every reader may look at the whole of a token.
const MAX_TOKEN_BYTES: usize = 512;

/// `open`, `core` and `close` are adjacent in the line; `core` is empty where only punctuation stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub open: &'a str,
    pub core: &'a str,
    pub close: &'a str,
    /// Where `open` begins, in bytes of the line.
    pub at: usize,
    /// White space stands before it.
    pub spaced: bool,
    pub shape: Shape,
    pub roles: Roles,
}

/// What `core` is made of, so that plain words are passed at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub digit: bool,
    pub lower: bool,
    pub upper: bool,
    /// An upper-case letter after a lower-case one.
    pub inner_upper: bool,
    /// Anything but letters, digits, and apostrophes and single hyphens inside.
    pub symbol: bool,
    pub hyphen: bool,
    /// A letter three times in a row.
    pub repeated: bool,
}

impl<'a> Token<'a> {
    /// "5th", "52nd": digits, and the end of an ordinal.
    pub(crate) fn is_ordinal(&self) -> bool {
        self.shape.digit && self.core.ends_with(['t', 'd', 'h'])
    }

    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.has(role)
    }

    /// One of `dashes`, alone between spaces.
    pub(crate) fn is_dash(&self, dashes: &[&str]) -> bool {
        self.core.is_empty() && self.close.is_empty() && dashes.contains(&self.open)
    }

    pub(crate) fn core_at(&self) -> usize {
        self.at + self.open.len()
    }

    pub(crate) fn end(&self) -> usize {
        self.core_at() + self.core.len() + self.close.len()
    }

    /// Nothing but letters, apostrophes and hyphens.
    pub(crate) fn is_word(&self) -> bool {
        !self.core.is_empty() && !self.shape.digit && !self.shape.symbol
    }

    /// A word without a capital.
    pub(crate) fn is_small_word(&self) -> bool {
        self.is_word() && !self.shape.upper
    }

    /// Its first letter is a capital.
    pub(crate) fn is_capitalised(&self) -> bool {
        self.core.starts_with(char::is_uppercase)
    }

    /// Nothing but digits.
    pub(crate) fn is_digits(&self) -> bool {
        self.shape.digit && self.core.bytes().all(|b| b.is_ascii_digit())
    }

    pub(crate) fn is_literal(&self) -> bool {
        self.core.starts_with(LITERAL)
    }

    /// A word in capitals.
    pub(crate) fn is_capitals(&self) -> bool {
        self.shape.upper && !self.shape.lower
    }
}

pub(crate) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(line.len() / 5);
    let mut at = 0;
    for piece in line.split(' ') {
        split(line, at, at + piece.len(), &mut tokens);
        at += piece.len() + 1;
    }
    tokens
}

/// Cuts what stands between two spaces.
fn split<'a>(line: &'a str, from: usize, to: usize, tokens: &mut Vec<Token<'a>>) {
    let whole = &line[from..to];
    let address = !whole.contains(LITERAL)
        && (whole.contains("://")
            || whole.contains('@')
            || whole.starts_with("www.")
            || is_path_of_host(whole)
            || is_query(whole)
            || has_colons(whole));
    let (mut at, mut spaced) = (from, true);
    while at < to {
        let rest = &line[at..to];
        let rest = &rest[..rest.floor_char_boundary(MAX_TOKEN_BYTES)];
        let end = at + if address { None } else { joint(rest) }.unwrap_or(rest.len());
        let token = peel(line, at, end, spaced);
        let glue = token.core.ends_with(|c: char| c.is_alphanumeric())
            && token.close.ends_with([',', ';', ':', '!', '?']);
        spaced = glue;
        tokens.push(token);
        at = end;
    }
}

/// "example.com/watch?v=1": what stands after the stroke is no sentence.
fn is_path_of_host(whole: &str) -> bool {
    let Some((host, _)) = whole.split_once('/') else {
        return false;
    };
    host.rsplit_once('.').is_some_and(|(name, domain)| {
        (2..=6).contains(&domain.len())
            && domain.bytes().all(|b| b.is_ascii_lowercase())
            && !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    })
}

/// "index.php?id=5": the question mark ends no sentence.
fn is_query(whole: &str) -> bool {
    whole
        .split_once('?')
        .is_some_and(|(name, query)| name.contains('.') && query.contains('=') && !query.starts_with('='))
}

/// Where the first token of `rest` ends, if something else follows it without a space.
fn joint(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    let (mut before, mut run) = ('\0', 0);
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map(|&(_, c)| c);
        run = if c == before { run + 1 } else { 1 };
        let end = i + c.len_utf8();
        let started = before.is_alphanumeric() || is_close(before) || before == LITERAL;
        let joins = match c {
            LITERAL => {
                return if i > 0 {
                    Some(i)
                } else {
                    after_literal(&rest[end..]).map(|cut| end + cut)
                };
            }
            _ if i == 0 => false,
            // "10—20"
            '—' => !(before.is_ascii_digit() && next.is_some_and(|n| n.is_ascii_digit())),
            '…' => true,
            '–' => {
                // "9:30 AM–4:00 PM"
                let hour = rest[..i].trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
                let half = matches!(hour.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.");
                let noon = rest[end..].starts_with("noon") || rest[end..].starts_with("midnight");
                // "5th–7th"
                let ordinal = matches!(hour, "st" | "nd" | "rd" | "th");
                let range =
                    next.is_some_and(range_part) && (range_part(before) || half || ordinal) || half && noon;
                !range && !is_span(&rest[..i], &rest[end..])
            }
            '-' => {
                let before = || rest[..i].trim_end_matches('-').chars().next_back();
                run >= 2 && next != Some('-') && before().is_some_and(|c| !is_open(c) && c != '/')
            }
            '.' => run >= 2 && (next.is_some_and(char::is_alphanumeric) || opens_quote(&rest[end..])),
            ',' | ';' | '!' | '?' | ':' => {
                started
                    && (before.is_alphabetic() || is_close(before))
                    && next.is_some_and(|n| n.is_alphabetic() || matches!(n, '(' | '“' | '‘'))
                    && (c != ':' || before.is_lowercase())
            }
            _ => false,
        };
        if joins && next.is_some() {
            // Closing marks stay with what they close.
            let mut end = end;
            while let Some(&(j, n)) = chars.peek() {
                let opens = n == '"' && rest[j + 1..].starts_with(char::is_alphanumeric);
                if opens || !matches!(n, '”' | '’' | '"' | '—' | '…' | '.' | ',' | '!' | '?') {
                    break;
                }
                end = j + n.len_utf8();
                chars.next();
            }
            return (end < rest.len()).then_some(end);
        }
        before = c;
    }
    None
}

/// Where something else follows a literal, its possessive ending and its closing marks.
fn after_literal(tail: &str) -> Option<usize> {
    let possessive = ["'s", "’s"]
        .into_iter()
        .find(|ending| tail.starts_with(ending) && !tail[ending.len()..].starts_with(char::is_alphanumeric))
        .map_or(0, str::len);
    tail[possessive..]
        .find(|c| !is_close(c))
        .map(|marks| possessive + marks)
}

/// A quotation mark with a word right after it.
fn opens_quote(text: &str) -> bool {
    text.strip_prefix(['"', '“'])
        .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// En dashes between these are ranges.
fn range_part(c: char) -> bool {
    c.is_ascii_digit() || "$£€¥₹%.°½¼¾⅓⅔⅛".contains(c)
}

fn is_open(c: char) -> bool {
    matches!(
        c,
        '(' | '[' | '{' | '"' | '\'' | '“' | '‘' | '«' | '¿' | '¡' | '<'
    )
}

fn is_close(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '"'
            | '\''
            | '”'
            | '’'
            | '»'
            | '>'
            | '…'
            | '—'
            | '–'
    )
}

fn peel(line: &str, from: usize, to: usize, spaced: bool) -> Token<'_> {
    let piece = &line[from..to];
    let option = from + piece.len() - piece.trim_start_matches(is_open).len();
    if let Some(end) = option_end(&line[option..to]) {
        return token(line, [from, option, option + end, to], spaced);
    }
    // Comparisons and arrows are no brackets.
    if piece == "!=" || piece.contains(['<', '>']) && piece.chars().all(|c| "<>=-".contains(c)) {
        return token(line, [from, from, to, to], spaced);
    }
    let mut core = from;
    while let Some(c) = line[core..to].chars().next() {
        let rest = &line[core + c.len_utf8()..to];
        let next = rest.chars().next();
        let open = match c {
            '…' | '—' => true,
            // A sign, a decimal point or a name such as ".NET" begins the core.
            '-' | '–' => {
                next.is_none_or(|n| n == c || !(n.is_alphanumeric() || n == '.' || "$£€¥₹".contains(n)))
                    || line[from..core].ends_with(c)
            }
            '.' => next.is_none_or(|n| n == '.' || is_close(n) || is_open(n)),
            ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '”' | '»' => true,
            '<' | '>' => !next.is_some_and(|n| n.is_ascii_digit() || "$£€¥₹=.-".contains(n)),
            c => is_open(c) || c == '’',
        };
        if !open {
            break;
        }
        core += c.len_utf8();
    }
    let mut close = to;
    let balance = |open: char, close: char| {
        line[core..to].matches(open).count().cast_signed()
            - line[core..to].matches(close).count().cast_signed()
    };
    let (mut round, mut square, mut curly) = (balance('(', ')'), balance('[', ']'), balance('{', '}'));
    // Before a bracket that closes one of the same core nothing is peeled.
    let unopened = |balance: &mut isize| {
        *balance += 1;
        *balance <= 0
    };
    while let Some(c) = line[core..close].chars().next_back() {
        let closes = match c {
            ')' => unopened(&mut round),
            ']' => unopened(&mut square),
            '}' => unopened(&mut curly),
            '-' => true,
            // "$34,995*" refers to a footnote; "5*" is a hotel.
            '*' => close - core > 3 && line[core..close - 1].ends_with(|c: char| c.is_ascii_digit()),
            c => is_close(c),
        };
        if !closes {
            break;
        }
        close -= c.len_utf8();
    }
    token(line, [from, core, close, to], spaced)
}

/// Where an option of a program ends that `piece` begins with: "--no-cache", "--help,".
fn option_end(piece: &str) -> Option<usize> {
    let name = piece.strip_prefix("--")?.trim_end_matches(is_close);
    let word = name.split('=').next()?;
    let plain = word.split('-').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let surely = word.len() < name.len() || word.contains('-') || is(word, Role::ProgramOption);
    (plain && surely).then_some(name.len() + 2)
}

/// The token whose marks, core and closing marks stand between these places.
fn token(line: &str, [from, core, close, to]: [usize; 4], spaced: bool) -> Token<'_> {
    let text = &line[core..close];
    let mut token = Token {
        open: &line[from..core],
        core: text,
        close: &line[close..to],
        at: from,
        spaced,
        shape: shape(text),
        roles: Roles::default(),
    };
    if !token.is_literal() {
        token.roles = signs(&token).and(roles(text));
    }
    token
}

/// The roles of a token by its signs.
fn signs(token: &Token<'_>) -> Roles {
    let (core, shape) = (token.core, token.shape);
    let mut chars = core.chars();
    let letter = chars.next().is_some() && chars.next().is_none();
    let numeral = |letters: &str| {
        let rest = core.trim_start_matches(|c| letters.contains(c));
        rest.len() < core.len()
            && (rest.is_empty()
                || matches!(rest, "th" | "rd" | "nd" | "st")
                || rest.starts_with(['-', '–', '\'', '’']))
    };
    let laugh = core.len() >= 6 && core.bytes().all(|b| b"aehioAEHIO".contains(&b));
    let hump = shape.inner_upper || shape.lower && begins_with_capitals(core);
    [
        (Role::Capitals, token.is_capitals()),
        (Role::Digit, shape.digit),
        (
            Role::Greek,
            !core.is_ascii() && core.contains(|c| is_greek(c) || c == 'µ'),
        ),
        (Role::Hyphen, shape.hyphen),
        (Role::Hump, hump),
        (Role::Laugh, laugh),
        (Role::Letter, letter),
        (Role::Marks, core.is_empty()),
        (Role::Numeral, numeral("IVXLCDM") || numeral("ivx")),
        (Role::Repeated, shape.repeated),
        (Role::Symbol, shape.symbol),
    ]
    .into_iter()
    .filter(|(_, is)| *is)
    .fold(Roles::default(), |roles, (role, _)| roles.and(Roles::of(&[role])))
}

fn shape(core: &str) -> Shape {
    let mut shape = Shape::default();
    let (mut before, mut run) = ('\0', 0);
    for c in core.chars() {
        run = if c == before { run + 1 } else { 1 };
        if c.is_ascii_digit() {
            shape.digit = true;
        } else if c.is_uppercase() {
            shape.inner_upper |= before.is_lowercase();
            shape.upper = true;
            shape.repeated |= run >= 3;
        } else if c.is_alphabetic() {
            shape.lower = true;
            shape.repeated |= run >= 3;
        } else if c == '-' && (before.is_alphanumeric() || matches!(before, '\'' | '’')) {
            shape.hyphen = true;
        } else if !(matches!(c, '\'' | '’') && before != '\0') && c != LITERAL {
            shape.symbol = true;
        }
        before = c;
    }
    shape
}

/// A run of signs that is one token though letters stand beside its colons.
pub(crate) fn has_colons(text: &str) -> bool {
    text.len() <= 48
        && text.bytes().filter(|&b| b == b':').count() >= 2
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_hexdigit() || b":/.,;)]".contains(&b))
}

/// "HTTPServer": an acronym and a word in one, which "NGOs" is not.
fn begins_with_capitals(text: &str) -> bool {
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &text[capitals..];
    capitals > 2 && rest.len() > 4 && rest.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Vec<String> {
        tokens(line)
            .iter()
            .map(|t| {
                format!(
                    "{}{}|{}|{}",
                    if t.spaced { " " } else { "" },
                    t.open,
                    t.core,
                    t.close
                )
            })
            .collect()
    }

    #[test]
    fn sets_punctuation_apart() {
        assert_eq!(parts("(“Well,” he said.)"), [" (“|Well|,”", " |he|", " |said|.)"]);
        assert_eq!(parts("-2 .5 'tis --"), [" |-2|", " |.5|", " '|tis|", " --||"]);
        assert_eq!(
            parts("401(k), item(s) (x)"),
            [" |401(k)|,", " |item(s)|", " (|x|)"]
        );
        assert_eq!(
            parts("p.m. U.S. f++ $5."),
            [" |p.m|.", " |U.S|.", " |f++|", " |$5|."]
        );
    }

    #[test]
    fn cuts_at_dashes() {
        assert_eq!(
            parts("freely--a well—then"),
            [" |freely|--", "|a|", " |well|—", "|then|"]
        );
        assert_eq!(
            parts("and—“It’s me.—Yours"),
            [" |and|—", "“|It’s|", " |me|.—", "|Yours|"]
        );
        assert_eq!(parts("1–2 Paris–London"), [" |1–2|", " |Paris|–", "|London|"]);
        assert_eq!(parts("one,two a:b"), [" |one|,", " |two|", " |a|:", " |b|"]);
        assert_eq!(parts("http://a--b.c,d"), [" |http://a--b.c,d|"]);
    }

    #[test]
    fn sets_literals_apart() {
        assert_eq!(
            parts("a\u{FFFC}b \u{FFFC}’s, \u{FFFC}."),
            [" |a|", "|\u{FFFC}|", "|b|", " |\u{FFFC}’s|,", " |\u{FFFC}|."]
        );
    }

    #[test]
    fn loses_nothing() {
        for line in ["a--b—c…d", "(((", "--x--", "a- -b -- -", "...", "x...y", "“a,”b"] {
            let whole: String = tokens(line)
                .iter()
                .map(|t| format!("{}{}{}", t.open, t.core, t.close))
                .collect();
            assert_eq!(whole, line.replace(' ', ""));
        }
    }
}
