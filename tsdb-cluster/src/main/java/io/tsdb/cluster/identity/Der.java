package io.tsdb.cluster.identity;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Values in DER, as far as a certificate needs them (ITU-T X.690): tag, length, content.
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_ID = 0x06;
    static final int UTF8_STRING = 0x0C;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /// Of a field that is known by its place in a choice.
    static final int CONTEXT = 0x80;

    static final int CONTEXT_CONSTRUCTED = 0xA0;

    private static final int SHORT_LENGTH_MAX = 127;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Der() {}

    /// A value of a tag with these bytes, one after the other.
    static byte[] of(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        var out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length <= SHORT_LENGTH_MAX) {
            out.write(length);
        } else {
            byte[] bytes = BigInteger.valueOf(length).toByteArray();
            int from = bytes[0] == 0 ? 1 : 0;
            out.write(CONTEXT | bytes.length - from);
            out.write(bytes, from, bytes.length - from);
        }
        for (byte[] content : contents) {
            out.write(content, 0, content.length);
        }
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... contents) {
        return of(SEQUENCE, contents);
    }

    static byte[] integer(BigInteger value) {
        return of(INTEGER, value.toByteArray());
    }

    static byte[] text(String value) {
        return of(UTF8_STRING, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] time(Instant value) {
        return of(GENERALIZED_TIME, TIME.format(value).getBytes(StandardCharsets.US_ASCII));
    }

    /// Bits that fill their bytes.
    static byte[] bits(byte[] value) {
        return of(BIT_STRING, new byte[] {0}, value);
    }

    /// @param dotted such as `2.5.29.19`
    static byte[] objectId(String dotted) {
        String[] arcs = dotted.split("\\.");
        var content = new ByteArrayOutputStream();
        content.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >>> shift != 0) {
                    content.write(arc >>> shift & 0x7F | 0x80);
                }
            }
            content.write(arc & 0x7F);
        }
        return of(OBJECT_ID, content.toByteArray());
    }
}
