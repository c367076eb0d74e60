//! From the text to a configuration: takes every key once and reports what is wrong with it.

use super::{Account, Blobs, Broker, Config, CookiePolicy, DeviceEntry, Http, SiteEntry};
use kerege_contract::document::{Faults, Fields, Node};
use kerege_contract::{DeviceId, SiteId};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

const MIB: i64 = 1024 * 1024;

/// Reads a configuration; none when something without which nothing works is missing. Faults tell
/// whether it may be used.
pub(super) fn config(text: &str, folder: &Path, faults: &Faults) -> Option<Config> {
    let root = Node::from_toml(text, faults);
    let mut fields = Fields::open(&root, "", faults)?;
    let data_dir = fields.required_text("data_dir").map(|path| folder.join(path));
    let zone = time_zone(&mut fields);
    let http = http(&mut fields);
    let broker = broker(&mut fields, folder);
    let blobs = blobs(&mut fields);
    let sites = sites(&mut fields);
    let devices = devices(&mut fields, &sites);
    fields.finish();
    let (time_zone_name, time_zone) = zone?;
    Some(Config { data_dir: data_dir?, time_zone, time_zone_name, http, broker: broker?, blobs, sites, devices })
}

fn time_zone(fields: &mut Fields<'_>) -> Option<(String, jiff::tz::TimeZone)> {
    let name = fields.text("time_zone").unwrap_or_else(|| "Asia/Bishkek".to_owned());
    match jiff::tz::TimeZone::get(&name) {
        Ok(zone) => Some((name, zone)),
        Err(_) => {
            fields.fault(
                "time_zone",
                format!("'{name}' is not a known time zone"),
                "write a name such as Asia/Bishkek",
            );
            None
        }
    }
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn http(fields: &mut Fields<'_>) -> Http {
    let default = Http { listen: loopback(8080), public_origin: None, cookies: CookiePolicy::Plain };
    let Some(mut http) = fields.table("http") else { return default };
    let listen = http.parsed("listen").unwrap_or(default.listen);
    let public_origin = http.text("public_origin");
    if let Some(origin) = &public_origin
        && !is_origin(origin)
    {
        let remedy = "write scheme and host only, such as https://kerege.example";
        http.fault("public_origin", format!("'{origin}' is not an origin"), remedy);
    }
    let by_tls = public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    let secure = http.truth("secure_cookies").unwrap_or(by_tls);
    if !secure && !listen.ip().is_loopback() {
        let remedy = "listen on 127.0.0.1 behind a proxy with TLS, or set public_origin to its https address";
        http.fault("listen", "passwords and cookies would travel in clear over the network", remedy);
    }
    http.finish();
    Http { listen, public_origin, cookies: if secure { CookiePolicy::Secure } else { CookiePolicy::Plain } }
}

fn is_origin(text: &str) -> bool {
    text.strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']))
}

fn broker(fields: &mut Fields<'_>, folder: &Path) -> Option<Broker> {
    fields.required("broker")?;
    let mut broker = fields.table("broker")?;
    let host = broker.text("host").unwrap_or_else(|| "127.0.0.1".to_owned());
    let port = broker.whole("port", 1..=65_535).and_then(|port| u16::try_from(port).ok()).unwrap_or(1884);
    let device_listen = broker.parsed("device_listen").unwrap_or_else(|| loopback(1883));
    let ingest = account(&mut broker, "ingest", folder);
    let fleet = account(&mut broker, "fleet", folder);
    if let (Some(ingest), Some(fleet)) = (&ingest, &fleet)
        && ingest.user == fleet.user
    {
        broker.fault("fleet", "ingest and fleet must not be the same user", "each may do only its own part");
    }
    broker.finish();
    Some(Broker { host, port, device_listen, ingest: ingest?, fleet: fleet? })
}

fn account(broker: &mut Fields<'_>, key: &'static str, folder: &Path) -> Option<Account> {
    broker.required(key)?;
    let mut account = broker.table(key)?;
    let user: Option<DeviceId> = account.required_parsed("user");
    let password_file: Option<PathBuf> = account.required_text("password_file").map(|path| folder.join(path));
    account.finish();
    Some(Account { user: user?.to_string(), password_file: password_file? })
}

fn blobs(fields: &mut Fields<'_>) -> Blobs {
    let default = Blobs { max_total_bytes: 20 * 1024 * MIB as u64, max_bytes: 8 * MIB as u64, keep_days: 30 };
    let Some(mut blobs) = fields.table("blobs") else { return default };
    let mib = |value: Option<i64>, default: u64| value.and_then(|mib| u64::try_from(mib * MIB).ok()).unwrap_or(default);
    let read = Blobs {
        max_total_bytes: mib(blobs.whole("max_total_mib", 16..=1_000_000_000), default.max_total_bytes),
        max_bytes: mib(blobs.whole("max_mib", 1..=1024), default.max_bytes),
        keep_days: blobs
            .whole("keep_days", 1..=3650)
            .and_then(|days| u32::try_from(days).ok())
            .unwrap_or(default.keep_days),
    };
    blobs.finish();
    read
}

fn sites(fields: &mut Fields<'_>) -> Vec<SiteEntry> {
    let mut sites: Vec<SiteEntry> = Vec::new();
    for mut site in fields.tables("site") {
        let id: Option<SiteId> = site.required_parsed("id");
        let name = site.required_text("name");
        let geo = site.numbers::<2>("geo");
        if geo.is_some_and(|[longitude, latitude]| longitude.abs() > 180.0 || latitude.abs() > 90.0) {
            site.fault("geo", "not a place on Earth", "write [longitude, latitude] in degrees");
        }
        if let (Some(id), Some(name)) = (id, name) {
            if sites.iter().any(|known| known.id == id) {
                site.fault("id", format!("there is another site '{id}'"), "give each its own id");
            }
            sites.push(SiteEntry { id, name, geo });
        }
        site.finish();
    }
    sites
}

fn devices(fields: &mut Fields<'_>, sites: &[SiteEntry]) -> BTreeMap<DeviceId, DeviceEntry> {
    let mut devices: BTreeMap<DeviceId, DeviceEntry> = BTreeMap::new();
    for mut device in fields.tables("device") {
        let id: Option<DeviceId> = device.required_parsed("id");
        let site: Option<SiteId> = device.required_parsed("site");
        let public_key = device.required_parsed("public_key");
        if let Some(site) = &site
            && !sites.iter().any(|known| known.id == *site)
        {
            device.fault("site", format!("there is no site '{site}'"), "add a [[site]] with this id");
        }
        if let (Some(id), Some(site), Some(public_key)) = (id, site, public_key) {
            if devices.values().any(|known| known.public_key == public_key) {
                device.fault("public_key", "another device has this key", "each box has its own: kerege-edge identity");
            }
            if devices.contains_key(&id) {
                device.fault("id", format!("there is another device '{id}'"), "give each its own id");
            }
            devices.insert(id, DeviceEntry { site, public_key });
        }
        device.finish();
    }
    devices
}
