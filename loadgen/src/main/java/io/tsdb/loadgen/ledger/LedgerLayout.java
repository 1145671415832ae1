package io.tsdb.loadgen.ledger;

/// Layout of a ledger file, little endian.
///
/// ```
/// header:  magic u64 | length of the JSON u32 | CRC32C of the JSON u32 | JSON (LedgerHeader)
/// record:  batch u64 | lane u32 | flags u16 | reserved u16 (0) | lines u32 | CRC32C of the 20 bytes before u32
/// ```
///
/// A record is written after the answer was read and before the lane goes on. Flags: 1 =
/// acknowledged; 2 = an earlier attempt got no answer, so that it may yet take effect; 4 = sent
/// over a protocol without answers.
final class LedgerLayout {
    static final long MAGIC = 0x3152_4744_4C44_5354L;
    static final int HEADER_BYTES = 16;
    static final int HEADER_LENGTH = 8;
    static final int HEADER_CRC = 12;
    static final int RECORD_BYTES = 24;
    static final int RECORD_BATCH = 0;
    static final int RECORD_LANE = 8;
    static final int RECORD_FLAGS = 12;
    static final int RECORD_LINES = 16;
    static final int RECORD_CRC = 20;

    static final int ACKNOWLEDGED = 1;
    static final int GHOST = 2;
    static final int SENT = 4;

    private LedgerLayout() {}
}
