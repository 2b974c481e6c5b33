//! `equal?` and the hash that agrees with it. Neither recurses on the native stack, and both terminate on circular data.
//!
//! Comparing is the interleaved algorithm of Adams and Dybvig, "Efficient nondestructive equality checking for trees and
//! graphs" (2008): a stretch of plain comparison, which is all that most data ever need, then a stretch that remembers
//! in a union-find forest which pairs of objects were already assumed equal, and so on in turn. The forest makes it
//! terminate on cycles and take nearly linear time on shared structure; the plain stretches make it fast on trees.

use super::equivalence::are_eqv;
use crate::eval::{Machine, Res};
use crate::heap::HeapFull;
use crate::heap::text;
use crate::heap::{Bytevector, Kind, Pair, Str, Value, Vector, mix};
use hashbrown::HashMap;

/// How many plain comparisons come before the first remembering one, and how many remembering ones make a stretch.
const PLAIN: i64 = 400;
const REMEMBERING: i64 = 40;

/// What is still to be compared.
enum Pending {
    Values(Value, Value),
    /// The elements of two vectors of one length from an index on.
    Elements(Vector, Vector, usize),
}

/// Comparisons for which is charged at once.
const STRETCH: usize = 1 << 10;

/// Makes room for one more: asked for from the heap before it is taken.
fn grow<T>(m: &mut Machine, items: &mut Vec<T>) -> Res<()> {
    if items.len() == items.capacity() {
        let more = items.len().max(16);
        m.heap.reserve_many((items.len() + more).saturating_mul(size_of::<T>()))?;
        items.try_reserve_exact(more).map_err(|_| HeapFull)?;
    }
    Ok(())
}

/// Whether `a` and `b` are `equal?`. Charges for the work as it goes.
pub fn equal(m: &mut Machine, a: Value, b: Value) -> Res<bool> {
    let mut work = 0;
    let mut budget = PLAIN;
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut classes = Classes::default();
    let mut pending: Vec<Pending> = Vec::new();
    let (mut a, mut b) = (a, b);
    loop {
        work += 1;
        if work >= STRETCH {
            m.charge(work)?;
            work = 0;
        }
        if !are_eqv(m, a, b) {
            match Compound::of(m, a, b)? {
                Compound::Same => {}
                Compound::Different => {
                    m.charge(work)?;
                    return Ok(false);
                }
                both => {
                    budget -= 1;
                    if budget < -REMEMBERING {
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        budget = (random % (2 * PLAIN as u64)) as i64;
                    }
                    if budget < 0 && classes.were_one(m, a, b)? {
                        // What was met before keeps it remembering: only new unions, of which there are finitely
                        // many, lead back to plain comparison.
                        budget = 0;
                    } else {
                        match both {
                            Compound::Pairs(x, y) => {
                                grow(m, &mut pending)?;
                                pending.push(Pending::Values(x.cdr(), y.cdr()));
                                (a, b) = (x.car(), y.car());
                                continue;
                            }
                            Compound::Vectors(x, y) => {
                                grow(m, &mut pending)?;
                                pending.push(Pending::Elements(x, y, 0))
                            }
                            Compound::Same | Compound::Different => {}
                        }
                    }
                }
            }
        }
        (a, b) = loop {
            match pending.pop() {
                None => {
                    m.charge(work)?;
                    return Ok(true);
                }
                Some(Pending::Values(x, y)) => break (x, y),
                Some(Pending::Elements(x, y, i)) => {
                    if let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
                        pending.push(Pending::Elements(x, y, i + 1));
                        break (p, q);
                    }
                }
            }
        };
    }
}

/// What two values that are not `eqv?` are together.
enum Compound {
    Same,
    Different,
    Pairs(Pair, Pair),
    Vectors(Vector, Vector),
}

impl Compound {
    fn of(m: &mut Machine, a: Value, b: Value) -> Res<Compound> {
        if let (Some(x), Some(y)) = (a.as_pair(), b.as_pair()) {
            return Ok(Compound::Pairs(x, y));
        }
        let same = match (a.kind(), b.kind()) {
            (Some(Kind::String), Some(Kind::String)) => {
                let (x, y) = (Str(a), Str(b));
                x.len() == y.len() && {
                    m.charge(x.len() / 16)?;
                    text::equal(x, y)
                }
            }
            (Some(Kind::Bytevector), Some(Kind::Bytevector)) => {
                let (x, y) = (Bytevector(a), Bytevector(b));
                x.len() == y.len() && {
                    m.charge(x.len() / 16)?;
                    x.bytes() == y.bytes()
                }
            }
            (Some(Kind::Vector), Some(Kind::Vector)) => {
                let (x, y) = (Vector(a), Vector(b));
                if x.len() == y.len() && x.len() > 0 {
                    return Ok(Compound::Vectors(x, y));
                }
                x.len() == y.len()
            }
            _ => false,
        };
        Ok(if same { Compound::Same } else { Compound::Different })
    }
}

/// A union-find forest over objects.
#[derive(Default)]
struct Classes {
    node_of: HashMap<Value, usize, foldhash::fast::FixedState>,
    /// A node's parent, or itself.
    parents: Vec<usize>,
    sizes: Vec<u32>,
}

impl Classes {
    fn node(&mut self, m: &mut Machine, v: Value) -> Res<usize> {
        let fresh = self.parents.len();
        grow(m, &mut self.parents)?;
        grow(m, &mut self.sizes)?;
        if self.node_of.len() == self.node_of.capacity() {
            m.heap.reserve_many((self.node_of.len() + 16).saturating_mul(2 * (size_of::<(Value, usize)>() + 1)))?;
            self.node_of.try_reserve(self.node_of.len().max(16)).map_err(|_| HeapFull)?;
        }
        let node = *self.node_of.entry(v).or_insert(fresh);
        if node == fresh {
            self.parents.push(fresh);
            self.sizes.push(1);
        }
        Ok(node)
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    /// Puts both into one class; whether they were in one before.
    fn were_one(&mut self, m: &mut Machine, a: Value, b: Value) -> Res<bool> {
        let (a, b) = (self.node(m, a)?, self.node(m, b)?);
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return Ok(true);
        }
        let (small, large) = if self.sizes[a] < self.sizes[b] { (a, b) } else { (b, a) };
        self.parents[small] = large;
        self.sizes[large] += self.sizes[small];
        Ok(false)
    }
}

/// A hash that is the same for values that are `equal?`. Looks at no more than a bounded part of a structure.
pub fn equal_hash(v: Value, work: &mut usize) -> u64 {
    const LOOKS: usize = 64;
    let mut hash = 0u64;
    // Characters and octets that are still looked at.
    let mut left = text::HASHED;
    let mut pending = vec![v];
    for _ in 0..LOOKS {
        let Some(v) = pending.pop() else { break };
        *work += 1;
        let part = if let Some((a, d)) = v.uncons() {
            pending.push(d);
            pending.push(a);
            2
        } else {
            match v.kind() {
                Some(Kind::String) => {
                    let looked_at = left.min(Str(v).len());
                    left -= looked_at;
                    *work += looked_at / 4;
                    text::hash_beginning(Str(v), looked_at)
                }
                Some(Kind::Bytevector) => {
                    let bytes = Bytevector(v);
                    let looked_at = left.min(bytes.len());
                    left -= looked_at;
                    *work += looked_at / 16;
                    bytes_hash(&bytes.bytes()[..looked_at]) ^ (bytes.len() - looked_at) as u64
                }
                Some(Kind::Vector) => {
                    let items = Vector(v);
                    pending.extend((0..items.len().min(LOOKS)).rev().filter_map(|i| items.get(i)));
                    mix(items.len() as u64 + 3)
                }
                _ => v.eqv_hash(),
            }
        };
        hash = mix(hash.rotate_left(5) ^ part);
    }
    hash
}

/// A hash of octets, the same on every machine.
pub fn bytes_hash(bytes: &[u8]) -> u64 {
    let mut hash = bytes.len() as u64;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        hash = mix(hash ^ word.iter().rev().fold(0, |w, &b| w << 8 | b as u64));
    }
    mix(hash ^ words.remainder().iter().rev().fold(0, |w, &b| w << 8 | b as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::{Heap, View};
    use proptest::prelude::*;

    fn machine() -> Machine {
        Machine::new(&[])
    }

    fn check(m: &mut Machine, a: Value, b: Value) -> bool {
        equal(m, a, b).expect("nothing stops it")
    }

    #[test]
    fn deep_data_take_no_native_stack() {
        let mut m = machine();
        let nest = |heap: &mut Heap, end: i64, by_car: bool| {
            (0..1_000_000).fold(Value::fixnum(end), |v, _| {
                if by_car { heap.cons(v, Value::NIL) } else { heap.cons(Value::NIL, v) }
            })
        };
        for by_car in [true, false] {
            let (a, b, c) = (nest(&mut m.heap, 1, by_car), nest(&mut m.heap, 1, by_car), nest(&mut m.heap, 2, by_car));
            assert!(check(&mut m, a, b));
            assert!(!check(&mut m, a, c));
            assert_eq!(equal_hash(a, &mut 0), equal_hash(b, &mut 0));
        }
    }

    #[test]
    fn shared_structure_takes_linear_time() {
        let mut m = machine();
        let mut tree = || (0..200).fold(Value::NIL, |v, _| m.heap.cons(v, v));
        let (a, b) = (tree(), tree());
        let before = m.fuel_consumed();
        assert!(check(&mut m, a, b));
        let work = m.fuel_consumed() - before;
        assert!(work > 200 && work < 100_000, "{work}");
    }

    #[test]
    fn cycles_of_different_lengths_are_equal() {
        let mut m = machine();
        let mut ring = |n: usize, label: i64| {
            let last = m.heap.cons(Value::fixnum(label), Value::NIL);
            let first = (1..n).fold(last, |d, _| m.heap.cons(Value::fixnum(label), d));
            Pair(last).set_cdr(first);
            first
        };
        let (three, five, other) = (ring(3, 7), ring(5, 7), ring(5, 8));
        assert!(check(&mut m, three, five));
        assert!(!check(&mut m, three, other));
    }

    /// A graph: node `i` is a pair or a vector of links; a link is another node or a small number.
    #[derive(Debug, Clone)]
    struct Graph {
        nodes: Vec<(bool, Vec<usize>)>,
    }

    fn graphs() -> impl Strategy<Value = Graph> {
        prop::collection::vec((any::<bool>(), prop::collection::vec(0usize..14, 2..4)), 1..10)
            .prop_map(|nodes| Graph { nodes })
    }

    fn build(heap: &mut Heap, g: &Graph) -> Vec<Value> {
        let nodes: Vec<Value> = g
            .nodes
            .iter()
            .map(|(pair, links)| {
                if *pair {
                    heap.cons(Value::NIL, Value::NIL)
                } else {
                    heap.make_vector(links.len(), Value::NIL).value()
                }
            })
            .collect();
        let target = |i: usize| nodes.get(i).copied().unwrap_or(Value::fixnum(i as i64 % 2));
        for (&node, (pair, links)) in nodes.iter().zip(&g.nodes) {
            if *pair {
                Pair(node).set_car(target(links[0]));
                Pair(node).set_cdr(target(links[1]));
            } else {
                for (i, &l) in links.iter().enumerate() {
                    Vector(node).set(i, target(l));
                }
            }
        }
        nodes
    }

    /// The greatest bisimulation, by striking out pairs of nodes until nothing changes.
    fn reference(g: &Graph, h: &Graph) -> Vec<Vec<bool>> {
        let mut same = vec![vec![true; h.nodes.len()]; g.nodes.len()];
        loop {
            let mut changed = false;
            for i in 0..g.nodes.len() {
                for j in 0..h.nodes.len() {
                    let ((p, x), (q, y)) = (&g.nodes[i], &h.nodes[j]);
                    let (x, y) = if *p { (&x[..2], &y[..2]) } else { (&x[..], &y[..]) };
                    let links = x.len() == y.len()
                        && x.iter().zip(y).all(|(&l, &m)| match (l < g.nodes.len(), m < h.nodes.len()) {
                            (true, true) => same[l][m],
                            (false, false) => l % 2 == m % 2,
                            _ => false,
                        });
                    if same[i][j] && !(p == q && links) {
                        same[i][j] = false;
                        changed = true;
                    }
                }
            }
            if !changed {
                return same;
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_bisimulation(g in graphs(), h in graphs()) {
            let mut m = machine();
            let (xs, ys) = (build(&mut m.heap, &g), build(&mut m.heap, &h));
            let same = reference(&g, &h);
            for (i, &x) in xs.iter().enumerate() {
                for (j, &y) in ys.iter().enumerate() {
                    prop_assert_eq!(check(&mut m, x, y), same[i][j], "{} {}", i, j);
                    if same[i][j] {
                        prop_assert_eq!(equal_hash(x, &mut 0), equal_hash(y, &mut 0));
                    }
                }
            }
        }
    }
}
