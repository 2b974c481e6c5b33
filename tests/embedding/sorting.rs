//! Sorting against the standard library's: stable, whatever procedure compares.

use crate::machine;
use proptest::prelude::*;
use vicar::Limits;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_a_stable_sort_has_it(keys in proptest::collection::vec(0..20i64, 0..200)) {
        let mut vm = machine(Limits::new());
        let mut expected: Vec<(i64, usize)> = keys.iter().copied().enumerate().map(|(i, key)| (key, i)).collect();
        let data: String = expected.iter().map(|(key, i)| format!("({key} . {i}) ")).collect();
        let text = format!(
            "(let* ((l '({data})) (v (list->vector l)) (w (list->vector l)) (before? (lambda (a b) (< (car a) (car b)))))
               (vector-sort! before? w)
               (list (equal? (list-sort before? l) (vector->list (vector-sort before? v)))
                     (equal? (list-sort before? l) l)
                     (map car (list-sort before? l)) (map cdr (list-sort before? l))
                     (equal? (list-sort < (map car l)) (map car (list-sort before? l)))
                     (equal? (list-sort (lambda (a b) (< a b)) (vector->list (vector-map car w))) (vector->list (vector-map car w)))))"
        );
        expected.sort_by_key(|pair| pair.0);
        let sorted = expected.iter().copied().enumerate().all(|(i, (_, place))| i == place);
        let keys: Vec<String> = expected.iter().map(|pair| pair.0.to_string()).collect();
        let places: Vec<String> = expected.iter().map(|pair| pair.1.to_string()).collect();
        let wanted = format!("(#t {} ({}) ({}) #t #t)", if sorted { "#t" } else { "#f" }, keys.join(" "), places.join(" "));
        let shown: String = vm.eval(&format!("(call-with-string-output-port (lambda (p) (write {text} p)))")).expect("it sorts");
        prop_assert_eq!(shown, wanted);
    }
}
