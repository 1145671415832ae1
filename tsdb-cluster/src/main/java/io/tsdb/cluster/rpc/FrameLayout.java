package io.tsdb.cluster.rpc;

/// Offsets of a frame's header; see `docs/protocol/data-port.md#frame`.
final class FrameLayout {
    /// u32 length of the payload in bytes.
    static final int LENGTH_OFFSET = 0;

    /// u32 CRC32C of header bytes `[8, 24)`, then the payload.
    static final int CRC_OFFSET = 4;

    /// u8 kind.
    static final int KIND_OFFSET = 8;

    /// u8 version of the protocol.
    static final int VERSION_OFFSET = 9;

    /// u16 number of the log; 0 where none is meant. Four zero bytes follow.
    static final int LOG_OFFSET = 10;

    /// u64 number that an answer repeats; of a greeting see [Speech].
    static final int REQUEST_OFFSET = 16;

    static final int HEADER_BYTES = 24;

    /// Of greetings for ever, so that programs of all levels read them; of other frames at all
    /// levels up to now.
    static final int VERSION = 2;

    private FrameLayout() {}
}
