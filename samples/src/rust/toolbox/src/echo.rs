use crate::exports::techbytes::toolbox::echo::*;

macro_rules! echoes {
    ($($name:ident: $t:ty,)*) => {
        impl Guest for crate::Toolbox {
            fn nothing() {}
            $(fn $name(v: $t) -> $t { v })*
        }
    };
}

echoes! {
    echo_bool: bool,
    echo_u8: u8,
    echo_u16: u16,
    echo_u32: u32,
    echo_u64: u64,
    echo_s8: i8,
    echo_s16: i16,
    echo_s32: i32,
    echo_s64: i64,
    echo_f32: f32,
    echo_f64: f64,
    echo_char: char,
    echo_string: String,
    echo_bytes: Vec<u8>,
    echo_strings: Vec<String>,
    echo_grid: Grid,
    echo_tuple: (u8, String, bool),
    echo_numbers: Numbers,
    echo_value: Value,
    echo_day: Day,
    echo_months: Months,
    echo_option: Option<String>,
    echo_nested_option: Option<Option<u32>>,
    echo_result: Result<(), ()>,
    echo_result_ok: Result<u32, ()>,
    echo_result_err: Result<(), String>,
    echo_result_both: Result<u32, String>,
    echo_catalogue: Vec<Article>,
}
