//! Import sets as an algebra: a name is looked up by walking from the outside in, towards the library's own exports, so
//! that importing a library of thousands of names under a prefix costs nothing. R6RS 7.1, and Vicare's `deprefix`,
//! `suffix`, `desuffix`. Levels (`for`) are read and have no further meaning: phases are implicit.

use super::library::LibraryId;
use super::{Binding, Tables};
use hashbrown::{HashMap, HashSet};

type Names = HashSet<Box<str>, foldhash::fast::FixedState>;
type Renames = HashMap<Box<str>, Box<str>, foldhash::fast::FixedState>;

/// A set of bindings under local names.
#[derive(Clone, Debug)]
pub enum ImportSet {
    Library(LibraryId),
    Only(Box<ImportSet>, Names),
    Except(Box<ImportSet>, Names),
    Prefix(Box<ImportSet>, Box<str>),
    Suffix(Box<ImportSet>, Box<str>),
    /// The names that begin with this, without it.
    Deprefix(Box<ImportSet>, Box<str>),
    /// The names that end with this, without it.
    Desuffix(Box<ImportSet>, Box<str>),
    /// `from` are the names taken away, `to` maps each new name to its old one.
    Rename {
        set: Box<ImportSet>,
        from: Names,
        to: Renames,
    },
}

impl ImportSet {
    /// The library in the middle.
    pub fn library(&self) -> LibraryId {
        match self {
            ImportSet::Library(id) => *id,
            ImportSet::Only(set, _)
            | ImportSet::Except(set, _)
            | ImportSet::Prefix(set, _)
            | ImportSet::Suffix(set, _)
            | ImportSet::Deprefix(set, _)
            | ImportSet::Desuffix(set, _)
            | ImportSet::Rename { set, .. } => set.library(),
        }
    }

    /// Bytes that it takes beside itself.
    pub fn bytes(&self) -> usize {
        let of_names = |names: &Names| names.allocation_size() + names.iter().map(|name| name.len()).sum::<usize>();
        let (set, own) = match self {
            ImportSet::Library(_) => return 0,
            ImportSet::Only(set, names) | ImportSet::Except(set, names) => (set, of_names(names)),
            ImportSet::Prefix(set, text)
            | ImportSet::Suffix(set, text)
            | ImportSet::Deprefix(set, text)
            | ImportSet::Desuffix(set, text) => (set, text.len()),
            ImportSet::Rename { set, from, to } => {
                let texts = to.iter().map(|(new, old)| new.len() + old.len()).sum::<usize>();
                (set, of_names(from) + to.allocation_size() + texts)
            }
        };
        size_of::<ImportSet>() + own + set.bytes()
    }

    /// What `name` means in this set.
    pub fn lookup(&self, tables: &Tables, name: &str) -> Option<Binding> {
        match self {
            ImportSet::Library(id) => tables.exported(*id, name),
            ImportSet::Only(set, names) => names.contains(name).then(|| set.lookup(tables, name))?,
            ImportSet::Except(set, names) => (!names.contains(name)).then(|| set.lookup(tables, name))?,
            ImportSet::Prefix(set, prefix) => set.lookup(tables, name.strip_prefix(&**prefix)?),
            ImportSet::Suffix(set, suffix) => set.lookup(tables, name.strip_suffix(&**suffix)?),
            ImportSet::Deprefix(set, prefix) => set.lookup(tables, &format!("{prefix}{name}")),
            ImportSet::Desuffix(set, suffix) => set.lookup(tables, &format!("{name}{suffix}")),
            ImportSet::Rename { set, from, to } => match to.get(name) {
                Some(old) => set.lookup(tables, old),
                None if from.contains(name) => None,
                None => set.lookup(tables, name),
            },
        }
    }

    /// Every local name with what it means.
    pub fn each(&self, tables: &Tables, each: &mut dyn FnMut(&str, Binding)) {
        self.each_from(tables, "", each)
    }

    /// Every local name that begins with `start`, with what it means.
    pub fn each_from(&self, tables: &Tables, start: &str, each: &mut dyn FnMut(&str, Binding)) {
        match self {
            ImportSet::Library(id) => tables.each_export(*id, start, each),
            ImportSet::Only(set, names) => {
                for name in names.iter().filter(|name| name.starts_with(start)) {
                    if let Some(binding) = set.lookup(tables, name) {
                        each(name, binding);
                    }
                }
            }
            ImportSet::Except(set, names) => set.each_from(tables, start, &mut |name, binding| {
                if !names.contains(name) {
                    each(name, binding);
                }
            }),
            ImportSet::Prefix(set, prefix) => {
                if let Some(rest) = without_prefix(prefix, start) {
                    set.each_from(tables, rest, &mut |name, binding| each(&format!("{prefix}{name}"), binding));
                }
            }
            ImportSet::Suffix(set, suffix) => set.each(tables, &mut |name, binding| {
                let name = format!("{name}{suffix}");
                if name.starts_with(start) {
                    each(&name, binding);
                }
            }),
            ImportSet::Deprefix(set, prefix) => {
                set.each_from(tables, &format!("{prefix}{start}"), &mut |name, binding| {
                    each(&name[prefix.len()..], binding);
                });
            }
            ImportSet::Desuffix(set, suffix) => set.each_from(tables, start, &mut |name, binding| {
                if let Some(rest) = name.strip_suffix(&**suffix)
                    && rest.starts_with(start)
                {
                    each(rest, binding);
                }
            }),
            ImportSet::Rename { set, from, to } => {
                set.each_from(tables, start, &mut |name, binding| {
                    if !from.contains(name) && !to.contains_key(name) {
                        each(name, binding);
                    }
                });
                for (new, old) in to.iter().filter(|(new, _)| new.starts_with(start)) {
                    if let Some(binding) = set.lookup(tables, old) {
                        each(new, binding);
                    }
                }
            }
        }
    }

    /// About how many of the names begin with `start`; found without looking at each, but for odd sets.
    pub fn size(&self, tables: &Tables, start: &str) -> usize {
        match self {
            ImportSet::Library(id) => tables.export_count(*id, start),
            ImportSet::Only(_, names) => names.len(),
            ImportSet::Except(set, _) | ImportSet::Rename { set, .. } => set.size(tables, start),
            ImportSet::Prefix(set, prefix) => without_prefix(prefix, start).map_or(0, |rest| set.size(tables, rest)),
            ImportSet::Suffix(..) | ImportSet::Deprefix(..) | ImportSet::Desuffix(..) => {
                let mut count = 0;
                self.each_from(tables, start, &mut |_, _| count += 1);
                count
            }
        }
    }

    /// What all names begin with.
    pub fn start(&self) -> &str {
        match self {
            ImportSet::Prefix(_, prefix) => prefix,
            ImportSet::Only(set, _) | ImportSet::Except(set, _) => set.start(),
            _ => "",
        }
    }
}

/// How names go on behind `prefix` if, with it, they begin with `start`.
fn without_prefix<'a>(prefix: &str, start: &'a str) -> Option<&'a str> {
    start.strip_prefix(prefix).or_else(|| prefix.starts_with(start).then_some(""))
}
