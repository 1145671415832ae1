package io.tsdb.storage.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;

class RleBitPackedTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 12, 16, 17, 31, 32})
    void roundTripsRunsAndGroups(int width) {
        var random = new Random(width);
        for (int round = 0; round < 30; round++) {
            int[] ids = new int[random.nextInt(2000)];
            int at = 0;
            while (at < ids.length) {
                // runs around the least worth a run, some of them behind groups that lack a few
                int run = random.nextBoolean() ? 1 + random.nextInt(5) : 20 + random.nextInt(40);
                int id = random.nextInt() >>> (32 - width);
                Arrays.fill(ids, at, Math.min(ids.length, at + run), id);
                at += run;
            }
            var out = new ByteSink(16);
            RleBitPacked.encode(ids, ids.length, width, out);
            byte[] bytes = out.toByteArray();
            int[] decoded = new int[ids.length];
            var source = new ByteSource("memory", 0, bytes, 0, bytes.length);
            RleBitPacked.decode(source, bytes, width, ids.length, decoded);
            assertThat(decoded).isEqualTo(ids);
            assertThat(source.remaining()).isZero();
        }
    }

    @Test
    void writesALongRunInThreeBytes() {
        var out = new ByteSink(16);
        int[] ids = new int[1000];
        Arrays.fill(ids, 5);
        RleBitPacked.encode(ids, ids.length, 4, out);
        // 1000 << 1 as a varint, the id
        assertThat(out.toByteArray()).containsExactly((byte) 0xD0, 0x0F, 5);
    }

    @Test
    void refusesDamage() {
        var out = new ByteSink(16);
        int[] ids = new Random(1).ints(300, 0, 16).toArray();
        RleBitPacked.encode(ids, ids.length, 4, out);
        byte[] bytes = out.toByteArray();
        for (int length = 0; length < bytes.length; length++) {
            var source = new ByteSource("file", 0, bytes, 0, length);
            assertThatThrownBy(() -> RleBitPacked.decode(source, bytes, 4, 300, new int[300]))
                    .isInstanceOf(CorruptDataException.class);
        }
    }
}
