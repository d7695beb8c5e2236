//! Variables that nobody asked for and that look like ours: most often a slip of the pen.

/// How alike two names are for one to be a slip of the other, from 0 (nothing in common) to 1 (the same).
const ALIKE: f64 = 0.75;
/// Shorter names are alike by chance: `HOME` is no `HOST`.
const SHORTEST: usize = 6;

/// Read by us, and by many others who have more variables of the kind: `SSL_CERT_DIR` is no slip.
const SHARED: [&str; 4] = ["HOST", "PORT", "SSL_CERT_FILE", "XDG_RUNTIME_DIR"];
/// Of the system, and by chance like ours.
const STRANGERS: [&str; 1] = ["TMPDIR"];

/// For each of `names` that is not one of `known` but looks like one: itself and that one.
pub(super) fn lookalikes<'a>(
    names: impl Iterator<Item = &'a str>,
    known: &[&'a str],
) -> Vec<(&'a str, &'a str)> {
    let nearest = |name: &'a str| {
        let alike = |known: &&'a str| strsim::normalized_damerau_levenshtein(name, known);
        let best = known
            .iter()
            .copied()
            .filter(|known| !SHARED.contains(known))
            .max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
        (alike(&best) >= ALIKE).then_some((name, best))
    };
    names
        .filter(|name| name.len() >= SHORTEST && !known.contains(name) && !STRANGERS.contains(name))
        .filter_map(nearest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let known = [
            "WORKER_THREADS",
            "MAX_TEMP_DIR_SIZE_MB",
            "DEFAULT_VOICE",
            "HOST",
            "OUTPUT_DIR",
            "TEMP_DIR",
            "SSL_CERT_FILE",
            "XDG_RUNTIME_DIR",
        ];
        let names = [
            "WORKER_THREAD",
            "MAX_TEMP_SIZE_MB",
            "DEFAULT_VOICES",
            "DEFAULT_VOICE",
            "HOME",
            "HOSTS",
            "PYTHONPATH",
            "LANGUAGE",
            "XDG_RUNTIME_DIR",
            "OUTPUT",
            "TMPDIR",
            "NIX_SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "SSL_CERT_FILE",
        ];
        assert_eq!(
            lookalikes(names.into_iter(), &known),
            [
                ("WORKER_THREAD", "WORKER_THREADS"),
                ("MAX_TEMP_SIZE_MB", "MAX_TEMP_DIR_SIZE_MB"),
                ("DEFAULT_VOICES", "DEFAULT_VOICE"),
            ]
        );
    }
}
