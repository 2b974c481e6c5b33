//! Identifiers without binding in forms that are given one by one: at a prompt, by `-e`, on standard input, by a host.
//! Procedures may refer to variables that later forms define. Such a reference gets a global variable without a value,
//! which the definition takes over.
//!
//! What is evaluated at once, outside of any procedure, must be bound: there nothing can be defined in time. Where the text
//! of the forms that follow is at hand, only what one of them may define is taken for a forward reference, so that
//! misspelt names are found before anything runs. Otherwise the error comes when the variable is used.

use super::core::GlobalId;
use super::environment::{Environment, Owner};
use super::session::Session;
use super::tables::GlobalInfo;
use super::{Syntax, Tables, object, show, wrap};
use crate::account::{Account, Claim, HeapFull};
use crate::diagnostics::Nearest;
use crate::heap::{Kind, Symbol, Value, View};
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

/// Which identifiers without binding may be bound by forms that come later.
#[derive(Copy, Clone)]
pub enum Later<'t> {
    /// None: this is a program, a library, or an environment without definitions.
    Nothing,
    /// What the forms behind this place of the text may define.
    Text(&'t Ahead, usize),
    /// Any: nobody knows what comes.
    Anything,
}

/// What the forms of a text may define.
#[derive(Default)]
pub struct Ahead {
    /// Symbols, by identity, each with the place of the last form that may define it.
    names: HashMap<u64, usize, foldhash::fast::FixedState>,
    /// Names of record types, which lend their names to procedures.
    records: Vec<(Box<str>, usize)>,
}

impl Ahead {
    /// Looks through the forms of a text, without expanding them. Takes too many names rather than too few: those that a
    /// form whose keyword begins with `define` mentions where names stand, and those that a macro may define. Where a text
    /// has datum labels (`labelled`) its forms may be circles, or the same parts in very many places, so that each part is
    /// looked at once.
    ///
    /// # Errors
    /// There is no memory for that.
    pub fn of(forms: &[Value], labelled: bool, account: &Account) -> Result<Ahead, HeapFull> {
        let mut ahead = Ahead::default();
        let mut claim = Claim::new(account);
        let mut seen: HashSet<(u64, bool), RandomState> = HashSet::default();
        // Each part with whether all symbols in it count.
        let mut pending: Vec<(Value, bool)> = Vec::new();
        for (place, &form) in forms.iter().enumerate() {
            claim.push(&mut pending, (form, false))?;
            let mut outermost = true;
            while let Some((part, all)) = pending.pop() {
                if labelled {
                    claim.grow(&mut seen, 1)?;
                    if !seen.insert((part.bits(), all)) {
                        continue;
                    }
                }
                ahead.part(part, all, std::mem::take(&mut outermost), place, &mut claim, &mut pending)?;
            }
        }
        Ok(ahead)
    }

    fn part(
        &mut self,
        part: Value,
        all: bool,
        outermost: bool,
        place: usize,
        claim: &mut Claim,
        pending: &mut Vec<(Value, bool)>,
    ) -> Result<(), HeapFull> {
        let part = object::unwrap(part);
        if part.is(Kind::Symbol) {
            if all {
                self.names.insert(part.bits(), place);
            }
        } else if part.is(Kind::Vector) {
            claim.grow(pending, part.slots().len())?;
            pending.extend(part.slots().iter().map(|&element| (element, all)));
        } else if let Some((head, rest)) = part.uncons() {
            let keyword = Symbol::from_value(object::unwrap(head));
            let name = keyword.as_ref().map_or("", |symbol| symbol.name());
            let plain = matches!(name, "define" | "define-syntax" | "define-alias" | "define-fluid-syntax");
            let defines = name.starts_with("define");
            if (defines || outermost)
                && let Some((target, _)) = object::unwrap(rest).uncons()
            {
                self.target(target, place, name.starts_with("define-record") || name == "define-struct");
            }
            let all = all || defines && !plain;
            claim.extend_from_slice(pending, &[(rest, all), (head, all)])?;
        }
        Ok(())
    }

    /// The name in `(define name …)`, `(define (name …) …)`, `(define ((name …) …) …)`.
    fn target(&mut self, mut target: Value, place: usize, record: bool) {
        target = object::unwrap(target);
        while let Some((head, _)) = target.uncons() {
            target = object::unwrap(head);
        }
        if let Some(symbol) = Symbol::from_value(target) {
            self.names.insert(target.bits(), place);
            if record {
                self.records.push((symbol.name().into(), place));
            }
        }
    }

    /// Whether a form behind that place may define the symbol.
    pub fn may_define(&self, symbol: Symbol, place: usize) -> bool {
        if self.names.get(&symbol.value().bits()).is_some_and(|last| *last > place) {
            return true;
        }
        let name = symbol.name();
        self.records.iter().filter(|(_, at)| *at > place).any(|(record, _)| {
            let behind =
                |name: &str| name.strip_prefix(&**record).is_some_and(|end| end == "?" || end.starts_with('-'));
            name.strip_prefix("make-") == Some(&**record) || behind(name)
        })
    }
}

impl Session<'_, '_> {
    /// The variable that a later form is to define, for an identifier without binding; `None` where it must be bound.
    pub fn forward(&mut self, id: Value) -> Option<GlobalId> {
        let symbol = object::identifier(id)?;
        if self.phase > 0 || self.procedures == 0 || !self.is_of_the_prompt(id) {
            return None;
        }
        match self.later {
            Later::Nothing => return None,
            Later::Text(ahead, place) if !ahead.may_define(symbol, place) => return None,
            Later::Text(..) | Later::Anything => {}
        }
        let name = symbol.value();
        if let Some(&(_, global)) = self.tables().forward.get(&name.bits()) {
            return Some(global);
        }
        let global = self.host.new_global(name);
        let info = GlobalInfo { environment: self.environment, assigned: false, exported: false, for_syntax: false };
        self.tables().globals.insert(global, info);
        self.tables().forward.insert(name.bits(), (name, global));
        self.keep_constant(name);
        self.globals.push((global, name));
        Some(global)
    }

    /// Whether a definition of the symbol at the prompt would bind the identifier.
    fn is_of_the_prompt(&self, id: Value) -> bool {
        let interactive = self.top().owner == Owner::Interactive;
        let wrap = Syntax::of(id).map_or(Value::NIL, Syntax::wrap);
        // Behind the last environment of the wrap there must be no mark.
        let last = wrap
            .list_iter()
            .filter(|&e| wrap::number_of(e).is_some() || e.external_ref::<Environment>().is_some())
            .last();
        interactive && last == Some(self.environment)
    }

    /// Gives the variable of forward references to a definition at the prompt.
    pub fn take_forward(&mut self, environment: Value, id: Value, marks: &[i64]) -> Option<GlobalId> {
        if !marks.is_empty() || environment.external_ref::<Environment>()?.owner != Owner::Interactive {
            return None;
        }
        let symbol = self.symbol(id);
        self.tables().forward.remove(&symbol.bits()).map(|(_, global)| global)
    }
}

impl Tables {
    /// What to say of a variable without a value, if only forward references have made it: no form has defined it.
    pub fn never_defined(&self, name: Value) -> Option<String> {
        self.forward.get(&name.bits())?;
        let symbol = Symbol::from_value(name)?;
        let environment = self.interactive.external_ref::<Environment>()?;
        let mut message = format!("unbound identifier `{}`", show::name(symbol));
        if environment.lookup(self, name, &[]) != super::environment::Found::Unbound {
            message.push_str(": it was bound after this procedure had been defined, which must be defined again");
            return Some(message);
        }
        let mut nearest = Nearest::to(symbol.name());
        environment.each_name(self, &mut |name| nearest.offer(name));
        if let Some(near) = nearest.found() {
            message.push_str(&format!("; there is `{near}`"));
        }
        Some(message)
    }
}
