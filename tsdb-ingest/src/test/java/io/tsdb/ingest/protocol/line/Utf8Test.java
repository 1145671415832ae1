package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

class Utf8Test {
    /// Every sequence of two bytes, alone and in front of each kind of third byte.
    @Test
    void agreesWithTheJdkOnShortSequences() {
        int[] thirds = {-1, 'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
        for (int pair = 0; pair < 1 << 16; pair++) {
            for (int third : thirds) {
                byte[] bytes = {(byte) (pair >>> 8), (byte) pair, (byte) third};
                assertAgreement(third < 0 ? Arrays.copyOf(bytes, 2) : bytes);
            }
        }
    }

    @Test
    void agreesWithTheJdkOnLongSequences() {
        var random = new Random(17);
        int[] firsts = {0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 'a'};
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[4 + random.nextInt(2)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) (0x80 + random.nextInt(0x44));
            }
            bytes[0] = (byte) firsts[random.nextInt(firsts.length)];
            bytes[bytes.length - 1] = (byte) random.nextInt(256);
            assertAgreement(bytes);
        }
    }

    private static void assertAgreement(byte[] bytes) {
        boolean expected = isValidForTheJdk(bytes);
        if (Utf8.isValid(bytes, 0, bytes.length) != expected) {
            assertThat(expected).as(Arrays.toString(bytes)).isEqualTo(!expected);
        }
    }

    private static boolean isValidForTheJdk(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).length() > 0;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
