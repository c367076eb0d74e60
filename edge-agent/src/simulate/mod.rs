//! Video files served as RTSP cameras, with faults on demand.
