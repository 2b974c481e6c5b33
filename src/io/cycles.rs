//! Which objects of a datum need a label, because they lie on a cycle. Found a little at a time, within the account.
//!
//! Most data have no cycle and little sharing: a walk that ends after no more steps than there are objects proves that, and
//! needs no table. Only if it does not end are the objects noted that are open on the way down.

use crate::account::{Account, Claim, HeapFull};
use crate::heap::{Kind, Value};
use hashbrown::HashMap;

type Map<V> = HashMap<u64, V, foldhash::fast::FixedState>;

pub(super) struct Cycles {
    claim: Claim,
    /// Objects on a cycle, with their label once they have one.
    heads: Map<Option<u32>>,
    phase: Phase,
    /// How many steps may be taken in all.
    most: usize,
}

enum Phase {
    /// Objects to be walked, those with slots from a slot on; and after how many more there is not just a tree.
    Walk(Vec<(Value, u32)>, usize),
    /// What is seen, and whether it is still open; what is to be done.
    Note(Map<bool>, Vec<Step>),
    Done,
}

enum Step {
    Enter(Value),
    /// The slots of an object from one on.
    Slots(Value, u32),
    Leave(u64),
}

/// How many objects fit into that much memory: the smallest have two words.
fn objects(account: &Account) -> usize {
    account.used() / 16 + 1000
}

impl Cycles {
    /// Those of `value`, not looked for yet. Looking ends after `most` steps, with what was found by then.
    pub fn new(value: Value, account: &Account, most: usize) -> Cycles {
        let phase = if is_compound(value) { Phase::Walk(vec![(value, 0)], objects(account)) } else { Phase::Done };
        Cycles { claim: Claim::new(account), heads: Map::default(), phase, most }
    }

    pub fn is_head(&self, v: Value) -> bool {
        !self.heads.is_empty() && self.heads.contains_key(&v.bits())
    }

    /// The place for the label of an object that needs one.
    pub fn label(&mut self, v: Value) -> Option<&mut Option<u32>> {
        if self.heads.is_empty() { None } else { self.heads.get_mut(&v.bits()) }
    }

    /// Looks at about `budget` objects; whether all is known.
    pub fn find(&mut self, root: Value, budget: usize) -> Result<bool, HeapFull> {
        let budget = budget.min(self.most);
        self.most -= budget;
        let done = match &mut self.phase {
            Phase::Done => return Ok(true),
            Phase::Walk(pending, left) => match walk(pending, left, budget, &mut self.claim)? {
                Walked::All => true,
                Walked::Some => false,
                Walked::NoTree => {
                    self.claim.give_all();
                    self.phase = Phase::Note(Map::default(), vec![Step::Enter(root)]);
                    return Ok(false);
                }
            },
            Phase::Note(seen, steps) => note(seen, steps, &mut self.heads, budget, &mut self.claim)?,
        };
        if done || self.most == 0 {
            self.phase = Phase::Done;
        }
        Ok(done || self.most == 0)
    }
}

enum Walked {
    All,
    Some,
    NoTree,
}

fn walk(
    pending: &mut Vec<(Value, u32)>,
    left: &mut usize,
    budget: usize,
    claim: &mut Claim,
) -> Result<Walked, HeapFull> {
    for _ in 0..budget {
        let Some((v, from)) = pending.pop() else { return Ok(Walked::All) };
        if from == 0 {
            *left -= 1;
            if *left == 0 {
                return Ok(Walked::NoTree);
            }
        }
        match v.uncons() {
            Some((a, d)) => {
                for x in [d, a] {
                    if is_compound(x) {
                        claim.push(pending, (x, 0))?
                    }
                }
            }
            None => {
                if let Some((x, next)) = next_compound(v, from) {
                    claim.push(pending, (v, next))?;
                    if let Some(x) = x {
                        claim.push(pending, (x, 0))?
                    }
                }
            }
        }
    }
    Ok(if pending.is_empty() { Walked::All } else { Walked::Some })
}

fn note(
    seen: &mut Map<bool>,
    steps: &mut Vec<Step>,
    heads: &mut Map<Option<u32>>,
    budget: usize,
    claim: &mut Claim,
) -> Result<bool, HeapFull> {
    for _ in 0..budget {
        match steps.pop() {
            None => return Ok(true),
            Some(Step::Leave(bits)) => {
                // It is there already.
                seen.insert(bits, false);
            }
            Some(Step::Slots(v, from)) => {
                if let Some((x, next)) = next_compound(v, from) {
                    claim.push(steps, Step::Slots(v, next))?;
                    if let Some(x) = x {
                        claim.push(steps, Step::Enter(x))?;
                    }
                }
            }
            Some(Step::Enter(v)) => match seen.get(&v.bits()) {
                Some(true) => {
                    claim.grow(heads, 1)?;
                    heads.insert(v.bits(), None);
                }
                Some(false) => {}
                None => {
                    claim.grow(seen, 1)?;
                    seen.insert(v.bits(), true);
                    claim.push(steps, Step::Leave(v.bits()))?;
                    match v.uncons() {
                        Some((a, d)) => {
                            for x in [d, a] {
                                if is_compound(x) {
                                    claim.push(steps, Step::Enter(x))?
                                }
                            }
                        }
                        None => claim.push(steps, Step::Slots(v, 0))?,
                    }
                }
            },
        }
    }
    Ok(steps.is_empty())
}

/// What can have parts that take part in a cycle.
fn is_compound(v: Value) -> bool {
    v.is_pair()
        || matches!(
            v.kind(),
            Some(Kind::Vector | Kind::Record | Kind::CompoundCondition | Kind::Syntax | Kind::MultipleValues)
        )
}

/// So many slots are looked at in a step.
const SLOTS: usize = 128;

/// The next compound part of an object with slots from a slot on, if a step finds one, and where to go on behind it; `None`
/// when there are no more slots.
fn next_compound(v: Value, from: u32) -> Option<(Option<Value>, u32)> {
    let first = if v.is(Kind::Record) { from.max(1) } else { from };
    // Of a syntax object nobody sees more than the datum in it.
    let end = if v.is(Kind::Syntax) { 1 } else { v.slots().len() };
    let slots = v.slots().get(first as usize..end)?;
    let near = &slots[..slots.len().min(SLOTS)];
    match near.iter().position(|&x| is_compound(x)) {
        Some(at) => Some((Some(near[at]), first + at as u32 + 1)),
        None if near.len() == slots.len() => None,
        None => Some((None, first + near.len() as u32)),
    }
}
