//! Syntax objects, the expander, libraries and imports. Depends on `heap`, `number`, `reader`, `diagnostics`.

pub mod core;
