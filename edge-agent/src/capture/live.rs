//! What a camera's frames go through while its stream lives: capture time, sampling, the frozen
//! check, the slot.

use super::frozen::{FrozenChange, FrozenCheck, fingerprint};
use super::pixels::MappedPixels;
use super::sampling::{Sampler, Verdict, seconds};
use super::{CameraChange, CameraEvent, CameraOptions, CameraStats, OnChange};
use crate::frame::{Frame, Pixels};
use crate::infer::SlotWriter;
use crate::timemap::TimeMap;
use gstreamer as gst;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What all stream epochs of a camera share.
pub(super) struct Shared {
    pub(super) options: CameraOptions,
    slot: SlotWriter,
    on_change: OnChange,
    stats: Mutex<CameraStats>,
}

impl Shared {
    pub(super) fn new(options: CameraOptions, slot: SlotWriter, on_change: OnChange) -> Self {
        Self { options, slot, on_change, stats: Mutex::default() }
    }

    /// The camera's figures.
    pub(super) fn stats(&self) -> CameraStats {
        CameraStats { overwritten: self.slot.overwritten(), ..self.lock().clone() }
    }

    /// Notes that another connection is tried.
    pub(super) fn count_reconnect(&self) {
        self.lock().reconnects += 1;
    }

    /// The stream is lost. Told to others once per reason.
    pub(super) fn down(&self, reason: &str) {
        let mut stats = self.lock();
        let news = stats.live || stats.reason.as_deref() != Some(reason);
        (stats.live, stats.frozen, stats.reason) = (false, false, Some(reason.to_owned()));
        drop(stats);
        if news {
            self.tell(CameraChange::Down { reason: reason.to_owned() });
        }
    }

    fn tell(&self, change: CameraChange) {
        (self.on_change)(CameraEvent { camera: self.options.id.clone(), at: crate::clock::now(), change });
    }

    fn lock(&self) -> MutexGuard<'_, CameraStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the watchdog sees of a stream epoch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    pub(super) first_packet: Option<Instant>,
    pub(super) last_packet: Option<Instant>,
    pub(super) first_frame: Option<Instant>,
    pub(super) last_frame: Option<Instant>,
}

/// One connection's frames. Packets and frames come from different threads.
pub(super) struct Epoch {
    shared: Arc<Shared>,
    began: Instant,
    stream_epoch: u32,
    map: Mutex<TimeMap>,
    progress: Mutex<Progress>,
    /// Why the stream must be taken down, once something found that out.
    fault: Mutex<Option<String>>,
}

impl Epoch {
    /// The epoch of a new connection. Its number counts the connections that brought a picture.
    pub(super) fn new(shared: &Arc<Shared>, stream_epoch: u32) -> Self {
        Self {
            shared: Arc::clone(shared),
            began: Instant::now(),
            stream_epoch,
            map: Mutex::new(TimeMap::new(shared.options.delay_ms)),
            progress: Mutex::default(),
            fault: Mutex::default(),
        }
    }

    /// A packet with this time stamp arrived.
    pub(super) fn packet(&self, stamp: gst::ClockTime) {
        let now = Instant::now();
        let mut progress = lock(&self.progress);
        progress.first_packet.get_or_insert(now);
        progress.last_packet = Some(now);
        drop(progress);
        lock(&self.map).packet(seconds(stamp.nseconds()), self.began.elapsed().as_secs_f64());
    }

    /// The camera reported its clock.
    pub(super) fn report(&self, stream_s: f64, camera_utc_s: f64) {
        lock(&self.map).report(stream_s, camera_utc_s);
    }

    pub(super) fn progress(&self) -> Progress {
        *lock(&self.progress)
    }

    /// How long frames came.
    pub(super) fn lived(&self) -> Duration {
        let progress = self.progress();
        match (progress.first_frame, progress.last_frame) {
            (Some(first), Some(last)) => last.duration_since(first),
            _ => Duration::ZERO,
        }
    }

    /// Ends the epoch from inside: the watchdog takes the stream down with this reason.
    pub(super) fn fail(&self, reason: String) {
        lock(&self.fault).get_or_insert(reason);
    }

    pub(super) fn fault(&self) -> Option<String> {
        lock(&self.fault).clone()
    }

    /// The UTC, in seconds since 1970, at which this epoch began, by the box's clock as it is now.
    fn utc_at_begin_s(&self) -> f64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.as_secs_f64() - self.began.elapsed().as_secs_f64()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the decoder's thread does with each picture of an epoch.
pub(super) struct FrameTaker {
    epoch: Arc<Epoch>,
    sampler: Sampler,
    frozen: FrozenCheck,
}

impl FrameTaker {
    pub(super) fn new(epoch: &Arc<Epoch>) -> Self {
        let options = &epoch.shared.options;
        Self {
            epoch: Arc::clone(epoch),
            sampler: Sampler::new(options.fps),
            frozen: FrozenCheck::new(options.frozen.as_secs_f64()),
        }
    }

    /// Takes a decoded picture: counts it, and hands it on when it is due.
    pub(super) fn take(&mut self, sample: &gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError> {
        let arrival = Instant::now();
        let mut progress = lock(&self.epoch.progress);
        let is_first = progress.first_frame.is_none();
        progress.first_frame.get_or_insert(arrival);
        progress.last_frame = Some(arrival);
        drop(progress);
        self.epoch.shared.lock().decoded += 1;
        let stamp = sample.buffer().and_then(gst::BufferRef::pts);
        match self.sampler.judge(stamp.map(gst::ClockTime::nseconds)) {
            Verdict::Due(t) => {
                let Some(pixels) = MappedPixels::map(sample) else {
                    return self.fail("the decoder gives pictures of a format that is not known".into());
                };
                if is_first {
                    self.live(pixels.size);
                }
                self.hand_over(t, seconds(stamp.map_or(0, gst::ClockTime::nseconds)), pixels, arrival)
            }
            Verdict::Skip => Ok(gst::FlowSuccess::Ok),
            Verdict::BadTime => {
                self.epoch.shared.lock().bad_times += 1;
                Ok(gst::FlowSuccess::Ok)
            }
            Verdict::Restarted(back) => self.fail(format!("the camera's time went back by {back:.1} s")),
        }
    }

    fn live(&self, size: kerege_contract::FrameSize) {
        let stream_epoch = self.epoch.stream_epoch;
        let mut stats = self.epoch.shared.lock();
        (stats.live, stats.reason, stats.stream_epoch) = (true, None, stream_epoch);
        drop(stats);
        self.epoch.shared.tell(CameraChange::Live { stream_epoch, size });
    }

    fn hand_over(
        &mut self,
        t: f64,
        stream_s: f64,
        pixels: MappedPixels,
        arrival: Instant,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let epoch = &self.epoch;
        let mut map = lock(&epoch.map);
        let stamp = match map.stamp(stream_s, epoch.utc_at_begin_s()) {
            Ok(stamp) => stamp,
            Err(set_back) => {
                drop(map);
                return self.fail(set_back.to_string());
            }
        };
        let camera_offset_ms = map.camera_offset_ms();
        drop(map);
        let change = self.frozen.look(t, fingerprint(&pixels.picture()));
        let mut stats = epoch.shared.lock();
        stats.offered += 1;
        stats.size = Some(pixels.size);
        stats.last = Some((stamp.utc, stamp.source, stamp.err_ms));
        stats.camera_offset_ms = camera_offset_ms;
        if let Some(change) = change {
            stats.frozen = change == FrozenChange::Frozen;
        }
        drop(stats);
        if let Some(change) = change {
            epoch.shared.tell(match change {
                FrozenChange::Frozen => CameraChange::Frozen,
                FrozenChange::Restored => CameraChange::Restored,
            });
        }
        epoch.shared.slot.put(Frame {
            camera: epoch.shared.options.id.clone(),
            stream_epoch: epoch.stream_epoch,
            t,
            utc: stamp.utc,
            source: stamp.source,
            err_ms: stamp.err_ms,
            size: pixels.size,
            arrival,
            pixels: Arc::new(pixels),
        });
        Ok(gst::FlowSuccess::Ok)
    }

    fn fail(&self, reason: String) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.epoch.fail(reason);
        Err(gst::FlowError::Eos)
    }
}
