//! Random graphs of all kinds of objects against a model that says, by naive repetition, what must be alive.
//!
//! Each case is a list of steps: make an object that refers to others, change one, root or drop one, guard one,
//! collect. After each collection every object that the model calls alive must have its content, nothing else may be
//! left (down to the granule, and to the drop of every external), and weak references must be broken exactly where the
//! model says.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

/// What a slot holds: in the model, and converted by `Model::value` in the heap.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    Number(i64),
    Node(usize),
    Broken,
}

#[derive(Clone, Debug)]
enum Shape {
    Pair([Edge; 2]),
    WeakPair([Edge; 2]),
    Ephemeron([Edge; 2]),
    Slots(Kind, Vec<Edge>),
    /// Owner, free variables.
    Closure(usize, Vec<Edge>),
    Citizen(Vec<Edge>),
    Text(String),
    Bytes(Vec<u8>),
    Symbol(String),
    Guardian(VecDeque<usize>),
}

struct Node {
    value: Value,
    shape: Shape,
    rooted: bool,
}

struct Registration {
    guardian: usize,
    object: usize,
    representative: usize,
}

struct Model {
    heap: Heap,
    nodes: BTreeMap<usize, Node>,
    next: usize,
    registrations: Vec<Registration>,
    census: Census,
    // Boxed: their addresses are in closures. Kept to the end, as no code moves in while another dies.
    #[allow(clippy::vec_box)]
    layouts: Vec<Box<ClosureLayout>>,
}

/// One step; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Make { kind: u8, size: usize, edges: Vec<u16>, rooted: bool },
    Link { from: u16, slot: u16, to: u16 },
    Widen { string: u16, at: u16 },
    Root(u16),
    Unroot(u16),
    Guard { guardian: u16, object: u16, representative: u16 },
    Retrieve(u16),
    Litter(u16),
    Collect,
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![8 => 0..6usize, 3 => 6..40usize, 1 => 100..140usize, 1 => 200..400usize];
    let edges = prop::collection::vec(any::<u16>(), 2..8);
    let make = (any::<u8>(), size, edges, any::<bool>());
    prop_oneof![
        12 => make.prop_map(|(kind, size, edges, rooted)| Step::Make { kind, size, edges, rooted }),
        4 => any::<(u16, u16, u16)>().prop_map(|(from, slot, to)| Step::Link { from, slot, to }),
        1 => any::<(u16, u16)>().prop_map(|(string, at)| Step::Widen { string, at }),
        1 => any::<u16>().prop_map(Step::Root),
        4 => any::<u16>().prop_map(Step::Unroot),
        2 => any::<(u16, u16, u16)>().prop_map(|(g, o, r)| Step::Guard { guardian: g, object: o, representative: r }),
        1 => any::<u16>().prop_map(Step::Retrieve),
        1 => any::<u16>().prop_map(Step::Litter),
        2 => Just(Step::Collect),
    ]
}

impl Model {
    /// With a mark stack of so many words at most.
    fn new(mark_stack: usize) -> Model {
        let (mut heap, census) = (Heap::new(), Census::default());
        heap.tracer.most = mark_stack;
        Model { heap, census, nodes: BTreeMap::new(), next: 0, registrations: Vec::new(), layouts: Vec::new() }
    }

    fn value(&self, edge: Edge) -> Value {
        match edge {
            Edge::Number(n) => Value::fixnum(n),
            Edge::Node(id) => self.nodes[&id].value,
            Edge::Broken => Value::BWP,
        }
    }

    fn pick(&self, choice: u16, fits: impl Fn(&Shape) -> bool) -> Option<usize> {
        let all: Vec<usize> = self.nodes.iter().filter(|(_, n)| fits(&n.shape)).map(|(&id, _)| id).collect();
        (!all.is_empty()).then(|| all[choice as usize % all.len()])
    }

    fn edge(&self, choice: u16) -> Edge {
        let node = self.pick(choice / 4, |_| true);
        if choice.is_multiple_of(4) { None } else { node }.map_or(Edge::Number(choice as i64), Edge::Node)
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Make { kind, size, edges, rooted } => self.make(kind, size, &edges, rooted),
            Step::Link { from, slot, to } => self.link(from, slot, to),
            Step::Widen { string, at } => self.widen(string, at),
            Step::Root(choice) => {
                let node = self.pick(choice, |_| true).and_then(|id| self.nodes.get_mut(&id));
                node.into_iter().for_each(|n| n.rooted = true)
            }
            Step::Unroot(choice) => {
                let node = self.pick(choice, |_| true).and_then(|id| self.nodes.get_mut(&id));
                node.into_iter().for_each(|n| n.rooted = false)
            }
            Step::Guard { guardian, object, representative } => self.guard(guardian, object, representative),
            Step::Retrieve(choice) => {
                let Some(g) = self.pick(choice, |s| matches!(s, Shape::Guardian(_))) else { return };
                let node = self.nodes.get_mut(&g).expect("picked");
                let Shape::Guardian(queue) = &mut node.shape else { unreachable!("picked") };
                let (got, expected) = (Guardian(node.value).retrieve(), queue.pop_front());
                assert_eq!(got, expected.map(|id| self.nodes[&id].value));
            }
            Step::Litter(n) => {
                for i in 0..n as usize % 600 {
                    match i % 4 {
                        0 => _ = self.heap.make_string(i, 'x'),
                        1 => _ = self.heap.make_vector(i / 4, Value::TRUE),
                        _ => _ = self.heap.cons(Value::NIL, Value::NIL),
                    }
                }
            }
            Step::Collect => self.collect(),
        }
    }

    fn make(&mut self, kind: u8, size: usize, choices: &[u16], rooted: bool) {
        let edges: Vec<Edge> = choices.iter().cycle().take(size).map(|&c| self.edge(c)).collect();
        let values: Vec<Value> = edges.iter().map(|&e| self.value(e)).collect();
        let two = [self.edge(choices[0]), self.edge(choices[1])];
        let [first, second] = two.map(|e| self.value(e));
        let heap = &mut self.heap;
        let (shape, value) = match kind % 13 {
            0 | 1 => (Shape::Pair(two), heap.cons(first, second)),
            2 => (Shape::WeakPair(two), heap.weak_cons(first, second)),
            3 => (Shape::Ephemeron(two), heap.ephemeron(first, second).value()),
            4 => (Shape::Slots(Kind::Vector, edges), heap.vector(&values)),
            5 => (Shape::Slots(Kind::Promise, edges), heap.slots(Kind::Promise, &values)),
            6 => (Shape::Slots(Kind::Cell, vec![two[0]]), heap.cell(first)),
            7 => (Shape::Citizen(edges), self.census.enrol(heap, &values)),
            8 => {
                let text: String = (0..size as u32).map(|i| char::from_u32(0x30 + i * 3).unwrap_or('?')).collect();
                let value = heap.string(&text);
                (Shape::Text(text), value)
            }
            9 => {
                let bytes: Vec<u8> = (0..size * 7).map(|i| (i + self.next) as u8).collect();
                let value = heap.bytevector(&bytes);
                (Shape::Bytes(bytes), value)
            }
            10 => {
                let name = format!("symbol-{}", choices[0] % 8);
                let value = heap.symbol(&name);
                // It may be there already.
                if let Some(node) = self.nodes.values_mut().find(|n| n.value == value) {
                    node.rooted |= rooted;
                    return;
                }
                (Shape::Symbol(name), value)
            }
            11 => (Shape::Guardian(VecDeque::new()), heap.guardian().value()),
            _ => {
                let Some(owner) = self.pick(choices[0], |s| matches!(s, Shape::Citizen(_))) else { return };
                let layout =
                    Box::new(ClosureLayout { owner: self.nodes[&owner].value, free: size as u32, name: Value::FALSE });
                // SAFETY: `layouts` keeps the layout until the heap is gone.
                let value = unsafe { self.heap.closure(&*layout, &values) };
                self.layouts.push(layout);
                (Shape::Closure(owner, edges), value)
            }
        };
        self.nodes.insert(self.next, Node { value, shape, rooted });
        self.next += 1;
    }

    fn link(&mut self, from: u16, slot: u16, to: u16) {
        let (to, from) = (self.edge(to), self.pick(from, |s| !s.edges().is_empty()));
        let Some(from) = from else { return };
        let new = self.value(to);
        let node = self.nodes.get_mut(&from).expect("picked");
        let v = node.value;
        let write: &dyn Fn(usize) = match &node.shape {
            Shape::Pair(_) | Shape::WeakPair(_) => {
                &|i| if i == 0 { Pair(v).set_car(new) } else { Pair(v).set_cdr(new) }
            }
            Shape::Slots(..) => &|i| v.set_slot(i, new),
            Shape::Citizen(_) => &|i| v.external_mut::<Citizen>().expect("a citizen").held[i] = new,
            _ => return,
        };
        let edges = node.shape.edges_mut();
        let i = slot as usize % edges.len();
        write(i);
        edges[i] = to;
    }

    fn widen(&mut self, string: u16, at: u16) {
        let Some(id) = self.pick(string, |s| matches!(s, Shape::Text(t) if !t.is_empty())) else { return };
        let node = self.nodes.get_mut(&id).expect("picked");
        let Shape::Text(text) = &mut node.shape else { unreachable!("picked") };
        let mut chars: Vec<char> = text.chars().collect();
        let i = at as usize % chars.len();
        chars[i] = 'λ';
        *text = chars.into_iter().collect();
        assert_eq!(Str(node.value).set(&mut self.heap, i, 'λ'), Ok(true));
    }

    fn guard(&mut self, guardian: u16, object: u16, representative: u16) {
        let Some(guardian) = self.pick(guardian, |s| matches!(s, Shape::Guardian(_))) else { return };
        let object = self.pick(object, |_| true).expect("at least the guardian");
        let representative = if representative.is_multiple_of(2) {
            object
        } else {
            self.pick(representative, |_| true).expect("as above")
        };
        let value = |id: usize| self.nodes[&id].value;
        let (g, o, r) = (Guardian(value(guardian)), value(object), value(representative));
        self.heap.guard(g, o, r).expect("memory");
        self.registrations.push(Registration { guardian, object, representative });
    }

    /// All that is reached from `alive`, through strong edges and ephemerons, by repetition.
    fn complete(&self, alive: &mut BTreeMap<usize, ()>) {
        loop {
            let is_alive = |e: Edge| !matches!(e, Edge::Node(id) if !alive.contains_key(&id));
            let mut more = Vec::new();
            for id in alive.keys() {
                match &self.nodes[id].shape {
                    Shape::WeakPair([_, cdr]) => more.push(*cdr),
                    Shape::Ephemeron([key, value]) if is_alive(*key) => more.push(*value),
                    Shape::Ephemeron(_) => {}
                    Shape::Closure(owner, free) => {
                        more.push(Edge::Node(*owner));
                        more.extend(free)
                    }
                    Shape::Guardian(queue) => more.extend(queue.iter().map(|&id| Edge::Node(id))),
                    shape => more.extend(shape.edges()),
                }
            }
            let before = alive.len();
            alive.extend(more.into_iter().filter_map(|e| if let Edge::Node(id) = e { Some((id, ())) } else { None }));
            if alive.len() == before {
                return;
            }
        }
    }

    fn collect(&mut self) {
        let roots: Vec<Value> = self.nodes.values().filter(|n| n.rooted).map(|n| n.value).collect();
        let mut alive: BTreeMap<usize, ()> =
            self.nodes.iter().filter(|(_, n)| n.rooted).map(|(&id, _)| (id, ())).collect();
        self.complete(&mut alive);
        let held: Vec<bool> = self.registrations.iter().map(|r| alive.contains_key(&r.object)).collect();
        let mut before = usize::MAX;
        while alive.len() != before {
            before = alive.len();
            for r in &self.registrations {
                if alive.contains_key(&r.guardian) {
                    alive.insert(r.representative, ());
                }
            }
            self.complete(&mut alive);
        }
        let mut held = held.into_iter();
        let registrations = std::mem::take(&mut self.registrations);
        for r in registrations {
            let held = held.next().expect("one for each");
            if !alive.contains_key(&r.guardian) {
                continue;
            }
            if held {
                self.registrations.push(r)
            } else if let Some(Node { shape: Shape::Guardian(queue), .. }) = self.nodes.get_mut(&r.guardian) {
                queue.push_back(r.representative)
            }
        }
        self.nodes.retain(|id, _| alive.contains_key(id));
        for node in self.nodes.values_mut() {
            let dead = |e: &Edge| matches!(e, Edge::Node(id) if !alive.contains_key(id));
            match &mut node.shape {
                Shape::WeakPair([car, _]) if dead(car) => *car = Edge::Broken,
                Shape::Ephemeron(both) if dead(&both[0]) => *both = [Edge::Broken; 2],
                _ => {}
            }
        }
        self.heap.collect_keeping(&roots);
        self.check();
    }

    /// The heap is what the model says.
    fn check(&mut self) {
        for node in self.nodes.values() {
            let v = node.value;
            let held: Vec<Value> = node.shape.edges().iter().map(|&e| self.value(e)).collect();
            match &node.shape {
                Shape::Pair(_) | Shape::WeakPair(_) => {
                    assert_eq!([Pair(v).car(), Pair(v).cdr()], held[..]);
                    assert_eq!(v.is_weak_pair(), matches!(node.shape, Shape::WeakPair(_)));
                }
                Shape::Ephemeron(_) => assert_eq!([Ephemeron(v).key(), Ephemeron(v).content()], held[..]),
                Shape::Slots(kind, _) => assert_eq!((v.kind(), v.slots()), (Some(*kind), &held[..])),
                Shape::Citizen(_) => assert_eq!(v.external_ref::<Citizen>().expect("a citizen").held, held),
                Shape::Closure(owner, _) => {
                    // SAFETY: a closure of that many free variables.
                    let words = unsafe { std::slice::from_raw_parts(v.address(), 1 + held.len()) };
                    // SAFETY: `layouts` keeps it.
                    assert_eq!(unsafe { (*(words[0] as *const ClosureLayout)).owner }, self.nodes[owner].value);
                    assert!(words[1..].iter().zip(&held).all(|(&w, &h)| Value(w) == h));
                }
                Shape::Text(text) => assert_eq!(&Str(v).to_string(), text),
                Shape::Bytes(bytes) => assert_eq!(Bytevector(v).bytes(), bytes),
                Shape::Symbol(name) => {
                    assert_eq!(Symbol(v).name(), name);
                    assert_eq!(self.heap.symbols.find(name, symbol_hash(name)), Some(v));
                }
                Shape::Guardian(_) => assert_eq!(v.kind(), Some(Kind::Guardian)),
            }
        }
        let citizens = self.nodes.values().filter(|n| matches!(n.shape, Shape::Citizen(_))).count();
        assert_eq!(self.census.count(), citizens);
        // Marks stay until the next collection, so sweeping again finds the same.
        assert_eq!(self.heap.blocks.sweep(None).live, self.granules_in_blocks());
    }

    fn granules_in_blocks(&self) -> usize {
        let granules = |n: &Node| match &n.shape {
            Shape::Pair(_) | Shape::WeakPair(_) => 1,
            Shape::Closure(_, free) => in_blocks(n.value, 1 + free.len()),
            Shape::Text(t) if n.value.raw_slot(0) != Value::FALSE.0 => {
                // Widened: the object as it was made, and the bytes that now hold the text.
                let (length, store) = (t.chars().count(), Value(n.value.raw_slot(0)));
                in_blocks(n.value, 2 + length.div_ceil(8)) + in_blocks(store, 1 + (length * 4).div_ceil(8))
            }
            _ => in_blocks(n.value, n.value.object_words()),
        };
        let queues = self.nodes.values().map(|n| if let Shape::Guardian(q) = &n.shape { q.len() } else { 0 });
        self.nodes.values().map(granules).sum::<usize>() + queues.sum::<usize>() + self.registrations.len()
    }
}

/// Granules that an object of so many words covers, unless it is a large one.
fn in_blocks(v: Value, words: usize) -> usize {
    if large::is_outside_blocks(v.address()) { 0 } else { words.div_ceil(2) }
}

impl Shape {
    fn edges(&self) -> &[Edge] {
        match self {
            Shape::Pair(e) | Shape::WeakPair(e) | Shape::Ephemeron(e) => e,
            Shape::Slots(_, e) | Shape::Citizen(e) | Shape::Closure(_, e) => e,
            Shape::Text(_) | Shape::Bytes(_) | Shape::Symbol(_) | Shape::Guardian(_) => &[],
        }
    }

    fn edges_mut(&mut self) -> &mut [Edge] {
        match self {
            Shape::Pair(e) | Shape::WeakPair(e) | Shape::Ephemeron(e) => e,
            Shape::Slots(_, e) | Shape::Citizen(e) | Shape::Closure(_, e) => e,
            Shape::Text(_) | Shape::Bytes(_) | Shape::Symbol(_) | Shape::Guardian(_) => &mut [],
        }
    }
}

proptest! {
    // A quarter of the usual number: each case is long.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    #[test]
    fn random_graphs_agree_with_the_model(
        steps in prop::collection::vec(step(), 1..300),
        mark_stack in prop_oneof![Just(0), Just(64), Just(1 << 16)],
    ) {
        let mut model = Model::new(mark_stack);
        steps.into_iter().for_each(|s| model.step(s));
        model.collect();
        let census = model.census.clone();
        model.nodes.values_mut().for_each(|n| n.rooted = false);
        model.collect();
        prop_assert_eq!(census.count(), 0);
        prop_assert!(model.heap.bytes_live() < 20_000, "{} bytes of tables", model.heap.bytes_live());
        let baseline = model.heap.bytes_live();
        model.collect();
        prop_assert!(model.heap.bytes_live() <= baseline);
    }
}
