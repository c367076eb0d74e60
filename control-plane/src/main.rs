//! The command line of the centre.

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn main() {
    print!("{}", kerege_control::api::openapi_text());
}
