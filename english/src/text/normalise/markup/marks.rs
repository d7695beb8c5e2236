//! Where the marks of a block are, found in one pass so that the time is linear.

use crate::text::spanned::LITERAL;

#[derive(Default)]
pub(super) struct Marks {
    /// Runs of emphasis that are left out: start and end, ascending.
    emphasis: Vec<(usize, usize)>,
    /// Where emphasis begins and ends, with its marks, by its start.
    emphasised: Vec<(usize, usize)>,
    /// Pairs of square brackets, by their start.
    square: Vec<(usize, usize)>,
    /// Those pairs by their end, end first.
    closed: Vec<(usize, usize)>,
    /// Pairs of round brackets, by their start.
    round: Vec<(usize, usize)>,
    /// Ends of links, by the place of their "]".
    targets: Vec<(usize, usize)>,
}

/// A run of one of `*_~=|`.
struct Run {
    mark: u8,
    start: usize,
    end: usize,
    /// Letters stand on both sides.
    inside: bool,
}

impl Marks {
    pub(super) fn find(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut found = Self::default();
        let (mut square, mut round, mut opened): (Vec<usize>, Vec<(usize, bool)>, Vec<Run>) =
            Default::default();
        let mut code = false;
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            at += 1;
            match bytes[start] {
                b'\\' => at += 1,
                b'`' => {
                    while bytes.get(at) == Some(&b'`') {
                        at += 1;
                    }
                    code = !code;
                }
                _ if code => {}
                b'[' => square.push(start),
                b']' => {
                    if let Some(open) = square.pop() {
                        found.square.push((open, start));
                        found.closed.push((start, open));
                    }
                }
                b'(' => round.push((start, start > 0 && bytes[start - 1] == b']')),
                b')' => {
                    let open = round.pop();
                    if let Some((open, true)) = open {
                        found.targets.push((open - 1, at));
                    }
                    found.round.extend(open.map(|(open, _)| (open, start)));
                }
                mark @ (b'*' | b'_' | b'~' | b'=' | b'|') => {
                    while bytes.get(at) == Some(&mark) {
                        at += 1;
                    }
                    found.run(text, mark, start, at, &mut opened);
                }
                _ => {}
            }
        }
        // "*Taxes not included.": the mark of a footnote, which nothing closes.
        let note = opened.iter().find(|run| {
            run.start == 0 && run.mark == b'*' && text[run.end..].starts_with(char::is_alphabetic)
        });
        found.emphasis.extend(note.map(|run| (run.start, run.end)));
        found.emphasis.sort_unstable();
        found.emphasised.sort_unstable();
        found.square.sort_unstable();
        found.round.sort_unstable();
        found.targets.sort_unstable();
        found
    }

    /// Pairs a run with the last one of its kind that can open, or opens one.
    fn run(&mut self, text: &str, mark: u8, start: usize, end: usize, opened: &mut Vec<Run>) {
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let (space_before, space_after) = (
            before.is_none_or(char::is_whitespace),
            after.is_none_or(char::is_whitespace),
        );
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let length = end - start;
        if matches!(mark, b'~' | b'=' | b'|') && length != 2 {
            return;
        }
        let inside = word(before) && word(after);
        let inside_word = inside && mark == b'*' && (letter(before) || letter(after));
        let opens = !space_after && (!word(before) || inside_word);
        // "**Bold:**text": the mark before the run ends what is bold.
        let ends = !word(before) && length >= 2;
        let closes = !space_before && (!word(after) || inside_word || ends);
        let fits = |open: &Run| {
            // Inside a word two single stars are emphasis where nothing but letters stands between: "a*b*c" is not.
            let letters = || text[open.end..start].bytes().all(|b| b.is_ascii_alphabetic());
            let parts_word = length == 1 && (open.inside || inside) && mark == b'*';
            let same =
                open.mark == mark && (!(inside || ends && word(after)) || open.end - open.start == length);
            same && (!parts_word || letters() && (start - open.end > 1))
        };
        if closes && let Some(open) = opened.iter().rposition(fits) {
            let open = opened.swap_remove(open);
            opened.truncate(
                opened
                    .iter()
                    .position(|o| o.start > open.start)
                    .unwrap_or(opened.len()),
            );
            self.emphasis.extend([(open.start, open.end), (start, end)]);
            if matches!(mark, b'*' | b'_') && length == 1 {
                self.emphasised.push((open.start, end));
            }
        } else if mark == b'*'
            && !inside
            && (letter(before) != letter(after))
            && !(word(before) && word(after))
            && (letter(before) || length > 1)
            && (space_after || space_before)
        {
            // A footnote mark, or what is left of emphasis.
            self.emphasis.push((start, end));
            if opens {
                opened.push(Run {
                    mark,
                    start,
                    end,
                    inside,
                });
            }
        } else if opens {
            opened.push(Run {
                mark,
                start,
                end,
                inside,
            });
            // No sentence nests deeper; this keeps the search short.
            if opened.len() > 8 {
                opened.remove(0);
            }
        }
    }

    /// The end of the run at `at`, if it is left out.
    pub(super) fn emphasis(&self, at: usize) -> Option<usize> {
        pair(&self.emphasis, at)
    }

    /// The end of what is emphasised from `at` on by single marks, with the marks.
    pub(super) fn emphasised(&self, at: usize) -> Option<usize> {
        pair(&self.emphasised, at)
    }

    /// The place of the bracket that closes the one at `at`.
    pub(super) fn closing(&self, at: usize) -> Option<usize> {
        pair(&self.square, at).or_else(|| pair(&self.round, at))
    }

    /// The place of the square bracket that the one at `at` closes.
    pub(super) fn opening(&self, at: usize) -> Option<usize> {
        pair(&self.closed, at)
    }

    /// The end of what follows the "]" at `close` when it ends a link. A literal there stays.
    pub(super) fn target(&self, text: &str, close: usize) -> Option<usize> {
        let open = self.opening(close)?;
        if let Some(end) = pair(&self.targets, close) {
            let target = text[close + 2..end - 1].trim();
            if target.starts_with('<') && target.contains('>') && !target.contains(LITERAL) {
                return Some(end);
            }
            let url = target.split(' ').next().unwrap_or_default();
            let titled = target[url.len()..]
                .trim_start()
                .starts_with(['"', '\'', '“', '(']);
            return ((url.len() == target.len() || titled) && !target.contains(LITERAL)).then_some(end);
        }
        // "[text][reference]", but not "x[i][j]".
        let end = pair(&self.square, close + 1)?;
        let index = text[..open].ends_with(char::is_alphanumeric);
        (!index && !text[close + 1..end].contains(LITERAL)).then_some(end + 1)
    }
}

/// The second of the pair whose first is `at`.
fn pair(pairs: &[(usize, usize)], at: usize) -> Option<usize> {
    let i = pairs.partition_point(|&(start, _)| start < at);
    pairs
        .get(i)
        .filter(|(start, _)| *start == at)
        .map(|&(_, end)| end)
}
