//! All modules of the studio as one file, because a visit that asks for each of them waits for a round trip again and again.
//!
//! Each module becomes a function that gives what it exports, after those that it imports. So modules import each other in no circle, and keep
//! to two forms, each on one line: `import { a, b as c } from "./x.js";`, and `export` before a `const`, a `class` or a function with
//! a name. The tests here look.

use std::path::{Component, Path};

/// The folder of the modules.
const FOLDER: &str = "src";

/// `main` and all that it imports, by their names below [`FOLDER`]. The file exports `modules`, what each of them exports by its name, so that tests
/// reach what the page runs.
pub(super) fn joined(main: &str, text_of: impl Fn(&str) -> String) -> String {
    let mut joined = Joined {
        text_of,
        begun: Vec::new(),
        code: "export const modules = {};\n".to_owned(),
    };
    joined.add(main);
    joined.code
}

struct Joined<T> {
    text_of: T,
    begun: Vec<String>,
    code: String,
}

impl<T: Fn(&str) -> String> Joined<T> {
    fn add(&mut self, name: &str) {
        if self.begun.iter().any(|begun| begun == name) {
            return;
        }
        self.begun.push(name.to_owned());
        let text = (self.text_of)(&format!("{FOLDER}/{name}"));
        let (mut body, mut exported) = (String::new(), Vec::new());
        for line in text.lines() {
            if let Some((names, from)) = import(line) {
                let from = beside(name, from);
                self.add(&from);
                let names = names.replace(" as ", ": ");
                body += &format!("const {{ {names} }} = modules[\"{from}\"];\n");
            } else if let Some(declared) = line.strip_prefix("export ") {
                exported.push(name_in(declared).to_owned());
                body += declared;
                body.push('\n');
            } else {
                body += line;
                body.push('\n');
            }
        }
        let exported = exported.join(", ");
        self.code += &format!("modules[\"{name}\"] = (() => {{\n{body}return {{ {exported} }};\n}})();\n");
    }
}

/// The names of an import, and where from.
fn import(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("import { ")?;
    rest.strip_suffix("\";")?.split_once(" } from \"")
}

/// The name of what stands beside the module `name`.
fn beside(name: &str, from: &str) -> String {
    let mut parts: Vec<_> = name.split('/').collect();
    parts.pop();
    for part in Path::new(from).components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.extend(part.to_str()),
            _ => {}
        }
    }
    parts.join("/")
}

/// What `async function* name(…)` declares.
fn name_in(declaration: &str) -> &str {
    let mut words = declaration.split([' ', '(', '=', ';']);
    let declared = |word: &&str| !["async", "function", "function*", "class", "const"].contains(word);
    words.find(declared).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_imported_comes_first_and_once() {
        let files = BTreeMap::from([
            (
                "src/main.js",
                "import { a } from \"./x/a.js\";\nimport { b as c, d } from \"./x/b.js\";\na(c, d);\n",
            ),
            (
                "src/x/a.js",
                "import { b } from \"./b.js\";\nimport { e } from \"../e.js\";\nexport async function* a() {\n\tb(e);\n}\n",
            ),
            ("src/x/b.js", "export const b = (x) => x;\nexport class d {}\n"),
            ("src/e.js", "export const e = 1;"),
        ]);
        let joined = joined("main.js", |name| files[name].to_owned());
        let wanted = "export const modules = {};
modules[\"x/b.js\"] = (() => {
const b = (x) => x;
class d {}
return { b, d };
})();
modules[\"e.js\"] = (() => {
const e = 1;
return { e };
})();
modules[\"x/a.js\"] = (() => {
const { b } = modules[\"x/b.js\"];
const { e } = modules[\"e.js\"];
async function* a() {
\tb(e);
}
return { a };
})();
modules[\"main.js\"] = (() => {
const { a } = modules[\"x/a.js\"];
const { b: c, d } = modules[\"x/b.js\"];
a(c, d);
return {  };
})();
";
        assert_eq!(joined, wanted);
    }

    #[test]
    fn the_studios_modules_can_be_joined() {
        let joined = joined("main.js", super::super::text_of);
        let mut done: Vec<&str> = Vec::new();
        let mut name = "";
        for line in joined.lines().skip(1) {
            assert!(
                !line.starts_with("import") && !line.starts_with("export"),
                "{name}: {line}"
            );
            if let Some((begun, _)) = line
                .strip_prefix("modules[\"")
                .and_then(|rest| rest.split_once('"'))
            {
                name = begun;
            } else if let Some((_, from)) = line.split_once(" } = modules[\"") {
                let from = from.trim_end_matches("\"];");
                assert!(done.contains(&from), "{name} and {from} import each other");
            } else if line.starts_with("return { ") {
                assert!(!line.contains(" , ") && !line.contains("{ ,"), "{name}: {line}");
            } else if line == "})();" {
                done.push(name);
            }
        }
        // Every file is a part of the studio.
        let files = super::super::Embedded::iter().filter(|file| file.ends_with(".js"));
        assert_eq!(done.len(), files.count());
    }
}
