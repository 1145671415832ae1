package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpResponseStatus;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Gzip (RFC 1952) with any number of members, one after the other; checks the CRC and length of
/// each.
final class GzipCoding implements BodyCoding {
    private static final int MAGIC_1 = 0x1f;
    private static final int MAGIC_2 = 0x8b;
    private static final int DEFLATED = 8;
    private static final int HEADER_SIZE = 10;
    private static final int TRAILER_SIZE = 8;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAGS_RESERVED = 0xe0;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();

    private byte[] piece = {};
    private int at;
    private int end;
    private Phase phase = Phase.HEADER;
    private boolean anyByte;
    private int phaseBytes;
    private int flags;
    private int extraSize;
    private long trailer;

    private enum Phase {
        HEADER,
        EXTRA_SIZE,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CRC,
        DATA,
        TRAILER
    }

    @Override
    public void feed(byte[] bytes, int from, int to) {
        piece = bytes;
        at = from;
        end = to;
        if (phase == Phase.DATA) {
            inflater.setInput(bytes, from, to - from);
        }
    }

    @Override
    public int read(byte[] target) throws WriteRefusedException {
        while (at < end) {
            anyByte = true;
            if (phase != Phase.DATA) {
                step(piece[at++] & 0xff);
            } else {
                int size = inflate(target);
                if (size > 0) {
                    return size;
                }
            }
        }
        return 0;
    }

    @Override
    public void finish() throws WriteRefusedException {
        if (anyByte && (phase != Phase.HEADER || phaseBytes != 0)) {
            throw corrupt("ends early");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }

    private int inflate(byte[] target) throws WriteRefusedException {
        try {
            int size = inflater.inflate(target, 0, target.length);
            if (size > 0) {
                crc.update(target, 0, size);
            } else if (inflater.finished()) {
                at = end - inflater.getRemaining();
                enter(Phase.TRAILER);
            } else if (inflater.needsDictionary()) {
                throw corrupt("asks for a dictionary");
            } else {
                at = end;
            }
            return size;
        } catch (DataFormatException damaged) {
            throw corrupt(String.valueOf(damaged.getMessage()));
        }
    }

    /// One byte of a member's header or trailer.
    private void step(int value) throws WriteRefusedException {
        int index = phaseBytes++;
        switch (phase) {
            case HEADER -> header(index, value);
            case EXTRA_SIZE -> {
                extraSize |= value << 8 * index;
                if (index == 1) {
                    enter(extraSize == 0 ? afterExtra() : Phase.EXTRA);
                }
            }
            case EXTRA -> {
                if (index + 1 == extraSize) {
                    enter(afterExtra());
                }
            }
            case NAME -> {
                if (value == 0) {
                    enter(afterName());
                }
            }
            case COMMENT -> {
                if (value == 0) {
                    enter(afterComment());
                }
            }
            case HEADER_CRC -> {
                if (index == 1) {
                    enter(Phase.DATA);
                }
            }
            case TRAILER -> {
                trailer |= (long) value << 8 * index;
                if (index + 1 == TRAILER_SIZE) {
                    checkTrailer();
                    enter(Phase.HEADER);
                }
            }
            case DATA -> throw new IllegalStateException("BUG: deflated data taken for a header");
        }
    }

    private void header(int index, int value) throws WriteRefusedException {
        if (index == 0 && value != MAGIC_1 || index == 1 && value != MAGIC_2) {
            throw corrupt("no gzip header");
        }
        if (index == 2 && value != DEFLATED) {
            throw corrupt("unknown compression method " + value);
        }
        if (index == 3) {
            if ((value & FLAGS_RESERVED) != 0) {
                throw corrupt("reserved flags are set");
            }
            flags = value;
        }
        if (index + 1 == HEADER_SIZE) {
            enter((flags & FLAG_EXTRA) != 0 ? Phase.EXTRA_SIZE : afterExtra());
        }
    }

    private Phase afterExtra() {
        return (flags & FLAG_NAME) != 0 ? Phase.NAME : afterName();
    }

    private Phase afterName() {
        return (flags & FLAG_COMMENT) != 0 ? Phase.COMMENT : afterComment();
    }

    private Phase afterComment() {
        return (flags & FLAG_HEADER_CRC) != 0 ? Phase.HEADER_CRC : Phase.DATA;
    }

    private void enter(Phase next) {
        phase = next;
        phaseBytes = 0;
        if (next == Phase.DATA) {
            inflater.reset();
            inflater.setInput(piece, at, end - at);
            crc.reset();
            trailer = 0;
            extraSize = 0;
        }
    }

    private void checkTrailer() throws WriteRefusedException {
        long length = trailer >>> 32;
        if ((trailer & 0xffff_ffffL) != crc.getValue()) {
            throw corrupt("CRC does not match");
        }
        if (length != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw corrupt("length does not match");
        }
    }

    private static WriteRefusedException corrupt(String what) {
        return new WriteRefusedException(
                HttpResponseStatus.BAD_REQUEST, "gzip body is damaged: " + what);
    }
}
