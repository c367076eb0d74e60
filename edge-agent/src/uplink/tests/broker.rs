//! A Mosquitto of its own for each test: free port, temporary folder, the fleet's access rules.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A running broker; ends with the test.
pub(crate) struct Broker {
    pub(crate) port: u16,
    folder: TempDir,
    child: Option<Child>,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Broker {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut broker = Self { port: free_port(), folder, child: None };
        broker.write_files();
        broker.launch();
        broker
    }

    fn write_files(&self) {
        let path = |name: &str| self.folder.path().join(name);
        let passwords = path("passwd");
        fs::write(&passwords, "bsk-017:right\ncentre:centre\n").unwrap();
        let hashed = Command::new("mosquitto_passwd").arg("-U").arg(&passwords).status();
        assert!(hashed.expect("mosquitto_passwd must be installed: run ./kerege setup").success());
        let acl = "pattern write kerege/v1/up/%u/#\npattern read kerege/v1/dn/%u/#\n\
            user centre\ntopic readwrite kerege/v1/#\n";
        fs::write(path("acl"), acl).unwrap();
        let config = format!(
            "listener {} 127.0.0.1\nallow_anonymous false\npassword_file {}\nacl_file {}\n\
             max_queued_messages 0\nmax_inflight_messages 20\npersistence false\nuser root\n",
            self.port,
            passwords.display(),
            path("acl").display()
        );
        fs::write(path("mosquitto.conf"), config).unwrap();
    }

    fn launch(&mut self) {
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto must be installed: run ./kerege setup");
        self.child = Some(child);
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("mosquitto does not listen");
    }

    /// Kills it as a power cut would: queues and retained messages are gone.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub(crate) fn restart(&mut self) {
        self.kill();
        self.launch();
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}
