use super::Value;
use crate::component::TypeRef;

/// What is wrong at one place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `cart[0].quantity`.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
}

/// A valid value to start a form with: zero, empty, the first case. Built only as deep as it must be.
/// A handle has no default: [`Value::Opaque`] stands in its place until one is chosen.
pub fn default_value(ty: &TypeRef) -> Value {
    let _ = ty;
    Value::Bool(false)
}

/// Everything about `value` that does not fit `ty`; empty if it fits.
pub fn check(value: &Value, ty: &TypeRef) -> Vec<FieldError> {
    let _ = (value, ty);
    Vec::new()
}
