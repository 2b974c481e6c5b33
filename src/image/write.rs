//! Making an image: what the build script does with the libraries of the prelude once they are expanded.

use crate::heap::{Symbol, Value, View};
use crate::image::{CodeWriter, Section, WriteContext, Writer, decode_binding, encode_binding};
use crate::syntax::core::{CoreKind, Expr, Unit};
use crate::syntax::environment::{Environment, Found, Owner};
use crate::syntax::library::LibraryId;
use crate::syntax::{Binding, Syntax, Tables, is_internal};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is gathered while the prelude is expanded.
#[derive(Default)]
pub struct ImageBuilder {
    symbols: Numbers,
    globals: BTreeMap<u32, Definition>,
    /// Code of transformer procedures, by the procedure's identity.
    procedures: HashMap<u64, Vec<u8>>,
    /// Keys of the libraries, by their numbers.
    keys: Vec<String>,
    /// Names that occur in syntax with the scope of a library.
    mentioned: BTreeMap<u32, BTreeMap<String, Value>>,
    macros: Vec<(u64, Value)>,
}

#[derive(Default)]
struct Numbers {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Numbers {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&n) = self.numbers.get(name) {
            return n;
        }
        let n = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), n);
        self.names.push(name.to_owned());
        n
    }
}

struct Definition {
    name: String,
    code: Vec<u8>,
    is_procedure: bool,
}

impl WriteContext for ImageBuilder {
    fn symbol(&mut self, name: &str) -> u32 {
        self.symbols.number(name)
    }

    fn environment(&mut self, environment: Value) -> Option<u32> {
        let id = library_of(environment)?;
        let key = self.keys.get(id.0 as usize)?.clone();
        Some(self.symbols.number(&key))
    }

    fn procedure(&mut self, procedure: Value) -> Option<Vec<u8>> {
        self.procedures.get(&procedure.bits()).cloned()
    }
}

impl ImageBuilder {
    fn code(&mut self, e: Expr) -> Result<Vec<u8>, String> {
        self.mention_all(e);
        let mut out = Writer::default();
        let mut writer = CodeWriter::new(&mut out, self);
        writer.expr(e)?;
        Ok(out.bytes)
    }

    /// Keeps the definitions of an expanded library of the prelude.
    pub fn add_library(&mut self, tables: &Tables, unit: &Unit, body: Expr) -> Result<(), String> {
        self.keys = tables.libraries().map(|l| l.key.clone()).collect();
        let mut pending = vec![body];
        while let Some(e) = pending.pop() {
            match e.kind {
                CoreKind::Sequence(es) => pending.extend(es),
                CoreKind::Constant(_) => {}
                CoreKind::Define(g, value) => {
                    let mut code = Writer::default();
                    let is_procedure = if let CoreKind::Lambda(l) = value.kind {
                        code.number(l.clauses.len() as u64);
                        for clause in l.clauses {
                            code.number(clause.parameters.len() as u64);
                            code.byte(clause.rest.is_some().into());
                        }
                        true
                    } else {
                        false
                    };
                    code.bytes.extend(self.code(value)?);
                    let code = code.bytes;
                    let symbol = unit.globals.iter().find(|(id, _)| *id == g).and_then(|(_, s)| Symbol::from_value(*s));
                    let name = symbol.map_or(String::new(), |s| s.name().to_owned());
                    if self.globals.insert(g.0, Definition { name, code, is_procedure }).is_some() {
                        return Err("a variable of the prelude is defined twice".to_owned());
                    }
                }
                _ => return Err("a library of the prelude may only hold definitions".to_owned()),
            }
        }
        for transformer in &unit.transformers {
            let code = self.code(transformer.expression)?;
            for &part in transformer.object.slots() {
                if part.is_procedure() {
                    self.procedures.insert(part.bits(), code.clone());
                }
            }
        }
        Ok(())
    }

    /// Notes the names in syntax constants of an expression.
    fn mention_all(&mut self, e: Expr) {
        let mut pending = vec![e];
        while let Some(e) = pending.pop() {
            if let CoreKind::Constant(v) = e.kind {
                self.mention(v);
            }
            crate::syntax::core::each_child(e, &mut |c| pending.push(c));
        }
    }

    /// Notes the names in the syntax objects of a value.
    fn mention(&mut self, v: Value) {
        // Symbols found below a syntax object belong to the library of that object's wrap.
        let mut pending = vec![(v, None::<LibraryId>)];
        while let Some((v, mut scope)) = pending.pop() {
            let mut v = v;
            if let Some(syntax) = Syntax::of(v) {
                scope = syntax.wrap().list_iter().find_map(library_of).or(scope);
                v = syntax.datum();
            }
            if let (Some(id), Some(symbol)) = (scope, Symbol::from_value(v)) {
                self.mentioned.entry(id.0).or_default().insert(symbol.name().to_owned(), v);
            } else if let Some((a, d)) = v.uncons() {
                pending.extend([(a, scope), (d, scope)]);
            } else if v.is(crate::heap::Kind::Vector) || v.is(crate::heap::Kind::Tagged) {
                pending.extend(v.slots().iter().map(|&x| (x, scope)));
            }
        }
    }

    /// The number of the macro, record name or fluid keyword that a binding holds.
    fn macro_number(&mut self, binding: Binding) -> Option<u32> {
        let (Binding::Macro(v) | Binding::Record(v) | Binding::Fluid(v)) = binding else { return None };
        if let Some(i) = self.macros.iter().position(|(bits, _)| *bits == v.bits()) {
            return Some(i as u32);
        }
        self.macros.push((v.bits(), v));
        Some(self.macros.len() as u32 - 1)
    }

    fn binding(&mut self, binding: Binding) -> Option<u32> {
        encode_binding(binding, |b| self.macro_number(b))
    }

    /// The image of all libraries in the tables.
    pub fn finish(mut self, tables: &Tables, first_mark: i64) -> Result<Vec<u8>, String> {
        self.keys = tables.libraries().map(|l| l.key.clone()).collect();
        let count = tables.libraries().count() as u32;
        let keys = self.keys.clone();
        let mut exports: Vec<BTreeMap<String, u32>> = Vec::new();
        for id in 0..count {
            let mut found: Vec<(String, Binding)> = Vec::new();
            tables.each_export(LibraryId(id), "", &mut |name, binding| found.push((name.to_owned(), binding)));
            let mut table = BTreeMap::new();
            for (name, binding) in found {
                let word = self
                    .binding(binding)
                    .ok_or_else(|| format!("{} exports {name} as {binding:?}", keys[id as usize]))?;
                table.insert(name, word);
            }
            exports.push(table);
        }
        // Macros mention names, whose bindings may be macros that nothing exported.
        let mut inside: Vec<BTreeMap<(String, Vec<i64>), u32>> = vec![BTreeMap::new(); count as usize];
        let mut objects: Vec<Vec<u8>> = Vec::new();
        loop {
            let before = self.macros.len();
            while objects.len() < self.macros.len() {
                let object = self.macros[objects.len()].1;
                self.mention(object);
                let mut out = Writer::default();
                out.data(object, &mut self)?;
                objects.push(out.bytes);
            }
            for id in 0..count {
                self.insides(tables, LibraryId(id), &mut inside[id as usize]);
            }
            if self.macros.len() == before {
                break;
            }
        }
        self.layout(&keys, &exports, &inside, &objects, first_mark)
    }

    /// What the definitions of a library and the names that its syntax mentions mean inside of it.
    fn insides(&mut self, tables: &Tables, id: LibraryId, table: &mut BTreeMap<(String, Vec<i64>), u32>) {
        let Some(environment) = tables.library(id).environment.external_ref::<Environment>() else { return };
        debug_assert!(matches!(environment.owner, Owner::Library(_) | Owner::Builtin(_)));
        for entry in environment.definitions().entries() {
            if let (Some(symbol), Some(word)) = (Symbol::from_value(entry.symbol), self.binding(entry.binding)) {
                table.insert((symbol.name().to_owned(), entry.marks.to_vec()), word);
            }
        }
        let names = self.mentioned.get(&id.0).cloned().unwrap_or_default();
        for (name, symbol) in names {
            if let Found::Bound(binding) = environment.lookup(tables, symbol, &[])
                && let Some(word) = self.binding(binding)
            {
                table.entry((name, Vec::new())).or_insert(word);
            }
        }
    }

    fn layout(
        &mut self,
        keys: &[String],
        exports: &[BTreeMap<String, u32>],
        inside: &[BTreeMap<(String, Vec<i64>), u32>],
        objects: &[Vec<u8>],
        first_mark: i64,
    ) -> Result<Vec<u8>, String> {
        let mut names: BTreeSet<String> = self.symbols.names.iter().cloned().collect();
        names.extend(keys.iter().cloned());
        names.extend(exports.iter().flat_map(|e| e.keys().cloned()));
        names.extend(inside.iter().flat_map(|t| t.keys().map(|k| k.0.clone())));
        names.extend(self.globals.values().map(|g| g.name.clone()));
        let number: HashMap<&str, u32> = names.iter().enumerate().map(|(i, n)| (n.as_str(), i as u32)).collect();

        let mut out = Writer { bytes: vec![0; 4 * Section::Length as usize] };
        let mut header = [0u32; Section::Length as usize];
        let mut name_table: Vec<u32> = Vec::new();
        for name in &names {
            name_table.push(out.bytes.len() as u32);
            out.bytes.extend_from_slice(name.as_bytes());
        }
        name_table.push(out.bytes.len() as u32);

        let last_global = self.globals.keys().next_back().map_or(0, |g| g + 1);
        let public = public_names(keys, exports);
        let mut global_table: Vec<u32> = Vec::new();
        for id in 0..last_global {
            let Some(global) = self.globals.get(&id) else {
                return Err(format!("variable {id} of the prelude has no definition"));
            };
            let code = out.bytes.len() as u32;
            out.bytes.extend_from_slice(&global.code);
            let own = |names: &&BTreeSet<&str>| names.contains(global.name.as_str());
            let exported = public.get(&id).map(|names| match Some(names).filter(own) {
                Some(_) => global.name.as_str(),
                None => names.first().copied().unwrap_or_default(),
            });
            let exported = exported.map_or(0, |name| number[name] + 1);
            global_table.extend([number[global.name.as_str()], code, u32::from(global.is_procedure) | exported << 1]);
        }
        let macro_table: Vec<u32> = objects
            .iter()
            .map(|object| {
                let at = out.bytes.len() as u32;
                out.bytes.extend_from_slice(object);
                at
            })
            .collect();

        let mut library_rows: Vec<[u32; 5]> = Vec::new();
        for (i, key) in keys.iter().enumerate() {
            let mut inside_words = Vec::new();
            for ((name, marks), word) in &inside[i] {
                let marks_at = if marks.is_empty() { 0 } else { out.bytes.len() as u32 };
                if !marks.is_empty() {
                    out.number(marks.len() as u64);
                    marks.iter().for_each(|&m| out.number(m as u64));
                }
                inside_words.push([number[name.as_str()], marks_at, *word]);
            }
            inside_words.sort_by_key(|row| row[0]);
            let mut export_words: Vec<[u32; 2]> =
                exports[i].iter().map(|(name, word)| [number[name.as_str()], *word]).collect();
            export_words.sort_by_key(|row| row[0]);
            let exports_at = table(&mut out, export_words.iter().flatten());
            let inside_at = table(&mut out, inside_words.iter().flatten());
            let (exports, inside) = (export_words.len() as u32, inside_words.len() as u32);
            library_rows.push([number[key.as_str()], exports_at, exports, inside_at, inside]);
        }
        library_rows.sort_by_key(|row| row[0]);
        let symbol_table: Vec<u32> = self.symbols.names.iter().map(|n| number[n.as_str()]).collect();

        header[Section::NameCount as usize] = names.len() as u32;
        header[Section::Names as usize] = table(&mut out, name_table.iter());
        header[Section::Symbols as usize] = table(&mut out, symbol_table.iter());
        header[Section::LibraryCount as usize] = library_rows.len() as u32;
        header[Section::Libraries as usize] = table(&mut out, library_rows.iter().flatten());
        header[Section::GlobalCount as usize] = last_global;
        header[Section::Globals as usize] = table(&mut out, global_table.iter());
        header[Section::MacroCount as usize] = objects.len() as u32;
        header[Section::Macros as usize] = table(&mut out, macro_table.iter());
        header[Section::FirstMark as usize] = u32::try_from(first_mark).map_err(|e| e.to_string())?;
        for (i, word) in header.iter().enumerate() {
            out.bytes[4 * i..4 * i + 4].copy_from_slice(&word.to_le_bytes());
        }
        Ok(out.bytes)
    }
}

/// The names under which libraries for programs export the globals.
fn public_names<'e>(keys: &[String], exports: &'e [BTreeMap<String, u32>]) -> HashMap<u32, BTreeSet<&'e str>> {
    let mut names: HashMap<u32, BTreeSet<&str>> = HashMap::new();
    for (_, table) in keys.iter().zip(exports).filter(|(key, _)| !is_internal(key)) {
        for (name, &word) in table {
            if let Binding::Global(g) = decode_binding(word) {
                names.entry(g.0).or_default().insert(name);
            }
        }
    }
    names
}

/// The library whose scope a value is.
fn library_of(environment: Value) -> Option<LibraryId> {
    match environment.external_ref::<Environment>()?.owner {
        Owner::Library(id) | Owner::Builtin(id) => Some(id),
        _ => None,
    }
}

/// Appends words; where they begin.
fn table<'w>(out: &mut Writer, words: impl Iterator<Item = &'w u32>) -> u32 {
    let at = out.bytes.len() as u32;
    words.for_each(|w| out.bytes.extend_from_slice(&w.to_le_bytes()));
    at
}
