//! Which package index pip uses on this machine, so that an install works where pip does.

use std::{env, fs, path::PathBuf};

/// The index of the Python Package Index.
pub const PYPI: &str = "https://pypi.org/simple";

/// The index of pip's configuration files, else [`PYPI`]. The variable `PIP_INDEX_URL` comes before it.
#[must_use]
pub fn index_url() -> String {
    let read = |file: PathBuf| fs::read_to_string(file).ok();
    // The last one wins.
    let found = configurations().into_iter().rev().filter_map(read);
    found
        .filter_map(|text| in_configuration(&text))
        .next()
        .unwrap_or_else(|| PYPI.to_owned())
}

/// pip's configuration files on Linux: of the machine, of the user, of the virtual environment, and the one that is named.
fn configurations() -> Vec<PathBuf> {
    let folder = |variable: &str| env::var_os(variable).map(PathBuf::from);
    let home = env::home_dir();
    let user = folder("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    let all = [
        Some(PathBuf::from("/etc/xdg/pip/pip.conf")),
        Some(PathBuf::from("/etc/pip.conf")),
        home.map(|home| home.join(".pip/pip.conf")),
        user.map(|user| user.join("pip/pip.conf")),
        folder("VIRTUAL_ENV").map(|environment| environment.join("pip.conf")),
        folder("PIP_CONFIG_FILE"),
    ];
    all.into_iter().flatten().collect()
}

/// `index-url` of the sections that count for every command or for an install.
fn in_configuration(text: &str) -> Option<String> {
    let mut section = "";
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((name, value)) = line.split_once('=')
            && ["index-url", "index_url"].contains(&name.trim())
            && (section == "install" || section == "global" && found.is_none())
        {
            found = Some(value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_that_of_the_section_that_counts() {
        let of = |text| in_configuration(text);
        assert_eq!(of(""), None);
        assert_eq!(of("[list]\nindex-url = http://no\n"), None);
        assert_eq!(
            of("[global]\ntimeout = 60\nindex-url = http://a/simple\n"),
            Some("http://a/simple".to_owned())
        );
        for text in [
            "[global]\nindex-url=http://a\n[install]\nindex_url = http://b",
            "[install]\nindex_url = http://b\n[global]\nindex-url=http://a",
        ] {
            assert_eq!(of(text), Some("http://b".to_owned()), "{text}");
        }
    }
}
