package io.tsdb.cluster.node.demo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Line protocol as it is written: a growing buffer of ASCII. One thread.
final class LineText {
    private byte[] bytes = new byte[1 << 16];
    private int size;

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    LineText text(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, size, ascii.length);
        size += ascii.length;
        return this;
    }

    LineText text(String ascii) {
        return text(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    LineText whole(long value) {
        reserve(20);
        if (value < 0) {
            bytes[size++] = '-';
        }
        long rest = Math.abs(value);
        int digits = 1;
        for (long ten = 10; digits < 19 && rest >= ten; ten *= 10) {
            digits++;
        }
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /// `scaled / 10^decimals`, with all decimals: 1234, 2 is `12.34`.
    LineText decimal(long scaled, int decimals) {
        long power = 1;
        for (int i = 0; i < decimals; i++) {
            power *= 10;
        }
        reserve(24);
        if (scaled < 0) {
            bytes[size++] = '-';
        }
        long rest = Math.abs(scaled);
        whole(rest / power);
        bytes[size++] = '.';
        for (long digit = power / 10; digit > 0; digit /= 10) {
            bytes[size++] = (byte) ('0' + rest / digit % 10);
        }
        return this;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
