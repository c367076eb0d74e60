//! The example configuration, made from the defaults and one made-up intersection.

/// The text of `deploy/examples/control.toml`.
#[must_use]
pub const fn example() -> &'static str {
    r#"# Configuration of kerege-control. Every key is shown; those with '# default' may be left out.
# Relative paths start from the folder of this file.

# Where the store, the stills and the centre's own key are kept.
data_dir = "/var/lib/kerege-control"
# Bins and screens follow this zone's wall clock.
time_zone = "Asia/Bishkek" # default

[http]
# Only this machine can reach it; put a proxy with TLS in front for others.
listen = "127.0.0.1:8080" # default
# The address by which browsers reach it, when a proxy stands in front.
public_origin = "https://kerege.example"
# Cookies only over TLS; default: when public_origin is https.
secure_cookies = true

[broker]
# The listener for services. `kerege-control broker-files` writes a Mosquitto configuration for both.
host = "127.0.0.1" # default
port = 1884 # default
# The listener for boxes.
device_listen = "127.0.0.1:1883" # default
# Reads what boxes send.
ingest = { user = "ingest", password_file = "/etc/kerege/broker/passwords/ingest" }
# Writes receipts to boxes.
fleet = { user = "fleet", password_file = "/etc/kerege/broker/passwords/fleet" }

[blobs]
# All stills together; the oldest are removed first, and an alarm says so.
max_total_mib = 20480 # default
# One still.
max_mib = 8 # default
# Stills are removed after this time.
keep_days = 30 # default

[[site]]
id = "BSK-017"
name = "Chuy Avenue and Manas Avenue"
# Longitude, latitude.
geo = [74.5872, 42.8761]

[[device]]
id = "bsk-017"
site = "BSK-017"
# As `kerege-edge identity` prints it on the box.
public_key = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
"#
}
