//! The one rule that leads from a function's name to that of a Scheme procedure.

/// `string_to_number` is `string->number`, `is_list` is `list?`, `vector_ref` is `vector-ref`.
pub fn scheme_name(function: &str) -> String {
    let function = function.strip_prefix("r#").unwrap_or(function);
    match function.strip_prefix("is_") {
        Some(asked) => scheme_name(asked) + "?",
        None => function.replace("_to_", "->").replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::scheme_name;

    #[test]
    fn names() {
        for (function, scheme) in [
            ("car", "car"),
            ("vector_ref", "vector-ref"),
            ("string_to_number", "string->number"),
            ("is_list", "list?"),
            ("is_string_or_symbol", "string-or-symbol?"),
            ("list_of_is", "list-of-is"),
            ("r#move", "move"),
        ] {
            assert_eq!(scheme_name(function), scheme);
        }
    }
}
