//! The texts that Mosquitto reads.

use crate::config::Config;
use kerege_contract::topic::{MAX_PACKET_BYTES, PREFIX};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

/// Bytes that may wait for one client that is away. Messages beyond are dropped by the broker, and
/// sent again by the box that has no receipt for them.
const QUEUED_BYTES: u64 = 64 * 1024 * 1024;

/// `mosquitto.conf`; `by_root` when root wrote the files.
pub(super) fn mosquitto(config: &Config, out: &Path, by_root: bool) -> String {
    let services =
        SocketAddr::new(config.broker.host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), config.broker.port);
    let folder = out.display();
    let user = if by_root {
        "# Root made these files; without this line Mosquitto would step down to a user who cannot\n\
         # read them. Run broker-files as the broker's own user to do without.\nuser root\n\n"
    } else {
        ""
    };
    format!(
        "# Made by 'kerege-control broker-files'; run it again rather than changing this.\n\n\
         {user}\
         # Each listener has accounts and rules of its own.\n\
         per_listener_settings true\n\n\
         # Boxes. The user name becomes the client id: nobody can take over another's session.\n\
         listener {} {}\n\
         allow_anonymous false\n\
         use_username_as_clientid true\n\
         password_file {folder}/devices.passwd\n\
         acl_file {folder}/devices.acl\n\n\
         # The centre's services.\n\
         listener {} {}\n\
         allow_anonymous false\n\
         password_file {folder}/services.passwd\n\
         acl_file {folder}/services.acl\n\n\
         # What waits survives a restart, but for the last seconds.\n\
         persistence true\n\
         persistence_location {folder}/data/\n\
         autosave_interval 10\n\
         persistent_client_expiration 14d\n\n\
         # As much as fits may wait for a client that is away.\n\
         max_queued_messages 0\n\
         max_queued_bytes {QUEUED_BYTES}\n\
         max_inflight_messages 256\n\
         max_packet_size {MAX_PACKET_BYTES}\n\n\
         # The log, also for the centre, which alarms about clients that were turned away.\n\
         log_dest stderr\n\
         log_dest topic\n\
         log_type error\n\
         log_type warning\n\
         log_type notice\n\
         connection_messages true\n",
        config.broker.device_listen.port(),
        config.broker.device_listen.ip(),
        services.port(),
        services.ip(),
    )
}

/// What boxes may do: speak for themselves and hear what is for them.
pub(super) fn device_rules(config: &Config) -> String {
    let mut rules = format!(
        "# %u is the user name, which is the box's name.\n\
         pattern write {PREFIX}/up/%u/#\n\
         pattern read {PREFIX}/dn/%u/#\n"
    );
    for (dev, entry) in &config.devices {
        // Writing to a String cannot fail.
        let _infallible = write!(rules, "\nuser {dev}\ntopic write {PREFIX}/sig/{}\n", entry.site);
    }
    rules
}

/// What services may do, each its own part only.
pub(super) fn service_rules(config: &Config) -> String {
    format!(
        "user {}\ntopic read {PREFIX}/up/#\ntopic read $SYS/broker/log/#\n\nuser {}\ntopic write {PREFIX}/dn/#\n",
        config.broker.ingest.user, config.broker.fleet.user
    )
}
