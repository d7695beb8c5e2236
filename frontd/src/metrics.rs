//! Names of the metrics and what they mean.

use std::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub const REQUESTS: &str = "tts_requests_total";
pub const FIRST_AUDIO_SECONDS: &str = "tts_first_audio_seconds";
pub const QUEUE_SECONDS: &str = "tts_segment_queue_seconds";
pub const STAGE_SECONDS: &str = "tts_stage_seconds";
pub const REAL_TIME_FACTOR: &str = "tts_real_time_factor";
pub const AUDIO_SECONDS: &str = "tts_audio_seconds_total";
pub const SEGMENTS: &str = "tts_segments_total";
pub const WORKERS: &str = "tts_workers";
pub const WORKER_KERNELS: &str = "tts_worker_kernels";
pub const WARNINGS: &str = "tts_warnings";
pub const WORKER_EXITS: &str = "tts_worker_exits_total";
pub const WORKER_MEMORY: &str = "tts_worker_private_bytes";
pub const QUEUE_RESPONSES: &str = "tts_queue_responses";
pub const QUEUE_SEGMENTS: &str = "tts_queue_segments";
pub const CANCELLED: &str = "tts_cancelled_total";
pub const REJECTED: &str = "tts_rejected_total";
pub const UNDERRUNS: &str = "tts_listener_underruns_total";
pub const UNDERRUN_SECONDS: &str = "tts_listener_underrun_seconds";
pub const DOWNLOADS: &str = "tts_downloads_total";
pub const FOLDER_BYTES: &str = "tts_folder_bytes";
pub const FOLDER_LIMIT_BYTES: &str = "tts_folder_limit_bytes";
pub const FOLDER_FAULT: &str = "tts_folder_fault";
pub const FOLDER_EVICTED: &str = "tts_folder_evicted_total";
pub const FOLDER_FAILURES: &str = "tts_folder_failures_total";
pub const CACHE_HITS: &str = "tts_segment_cache_hits_total";
pub const CACHE_MISSES: &str = "tts_segment_cache_misses_total";
pub const CACHE_BYTES: &str = "tts_segment_cache_bytes";
pub const CACHE_SEGMENTS: &str = "tts_segment_cache_segments";
pub const BUILD_INFO: &str = "tts_build_info";

/// Tells the recorder what each metric means.
pub fn describe() {
    describe_counter!(REQUESTS, "HTTP requests by route and status code");
    describe_histogram!(
        FIRST_AUDIO_SECONDS,
        Unit::Seconds,
        "From the request to its first audio"
    );
    describe_histogram!(
        QUEUE_SECONDS,
        Unit::Seconds,
        "From the submission of a segment to its start in a worker"
    );
    describe_histogram!(
        STAGE_SECONDS,
        Unit::Seconds,
        "Work on a piece of a response, by stage: text, model, join, encode; and send, waiting for the client"
    );
    describe_gauge!(
        REAL_TIME_FACTOR,
        "Seconds of computing for a second of sound, on one worker"
    );
    describe_counter!(AUDIO_SECONDS, Unit::Seconds, "Sound made");
    describe_counter!(SEGMENTS, "Segments by outcome: done, retried, failed, cancelled");
    describe_gauge!(WORKERS, "Workers by state");
    describe_gauge!(
        WORKER_KERNELS,
        "Workers by what computes the vocoder: avx512 or avx2 (our kernels), onnxruntime"
    );
    describe_gauge!(
        WARNINGS,
        "Reasons why speech takes longer than it could; /health has them in words"
    );
    describe_counter!(WORKER_EXITS, "Workers that ended, by reason");
    describe_gauge!(
        WORKER_MEMORY,
        Unit::Bytes,
        "Memory that all workers hold and share with nobody"
    );
    describe_gauge!(QUEUE_RESPONSES, "Responses by state: under_way, waiting");
    describe_gauge!(QUEUE_SEGMENTS, "Segments by state: waiting, running");
    describe_counter!(CANCELLED, "Responses whose client left before the end");
    describe_counter!(REJECTED, "Requests refused because the server was busy");
    describe_counter!(
        UNDERRUNS,
        "Times that a listener had nothing to hear, by the listener's clock"
    );
    describe_histogram!(
        UNDERRUN_SECONDS,
        Unit::Seconds,
        "How long a listener had nothing to hear"
    );
    describe_counter!(
        DOWNLOADS,
        "Downloads by outcome: kept, lost (on the way), unavailable (from the start)"
    );
    describe_gauge!(
        FOLDER_BYTES,
        Unit::Bytes,
        "Files of a folder, those being written included"
    );
    describe_gauge!(FOLDER_LIMIT_BYTES, Unit::Bytes, "What a folder may hold");
    describe_gauge!(FOLDER_FAULT, "1 while a folder cannot be used");
    describe_counter!(FOLDER_EVICTED, "Files removed for age or room");
    describe_counter!(FOLDER_FAILURES, "Failed reads and writes of a folder");
    describe_counter!(
        CACHE_HITS,
        "Segments that had been made before and took no worker"
    );
    describe_counter!(CACHE_MISSES, "Segments that a worker had to make");
    describe_gauge!(
        CACHE_BYTES,
        Unit::Bytes,
        "Finished segments that are kept in memory"
    );
    describe_gauge!(CACHE_SEGMENTS, "How many finished segments are kept");
    describe_gauge!(BUILD_INFO, "1, with the version as a label");
}

/// Notes that a piece of a response was so long in `stage`.
pub fn stage(stage: &'static str, took: Duration) {
    metrics::histogram!(STAGE_SECONDS, "stage" => stage).record(took);
}
