package io.tsdb.query.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Whatever the bytes are: a plan, or a [WireException] that names a place in them.
class WireFuzzTest {
    private static final int MUTATIONS = 20_000;

    private static void read(String name, byte[] bytes) {
        switch (name) {
            case "plan" -> PlanReader.plan(bytes);
            case "counts" -> CountsForm.read(bytes);
            case "batch" ->
                    BatchReader.read(
                            bytes,
                            new ColumnBatch(
                                    List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.BOOL)));
            default -> PlanReader.fragment(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "groups", "plan", "batch", "counts"})
    void refusesWhatIsCutAtAnyByte(String name) {
        byte[] whole = WireFormatSpecTest.bytes(name);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(name, cut))
                    .as("cut at %d", length)
                    .isInstanceOf(WireException.class);
        }
        assertThatThrownBy(() -> read(name, Arrays.copyOf(whole, whole.length + 1)))
                .hasMessageEndingWith("1 bytes are left over");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "groups", "plan", "batch", "counts"})
    void survivesAnyBytes(String name) {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("WireFuzzTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        byte[] whole = WireFormatSpecTest.bytes(name);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = whole.clone();
            int changes = 1 + random.nextInt(4);
            for (int change = 0; change < changes; change++) {
                int at = WireLayout.BODY_OFFSET + random.nextInt(whole.length - 6);
                mutated[at] = (byte) random.nextInt(random.nextBoolean() ? 256 : 24);
            }
            try {
                read(name, mutated);
            } catch (WireException e) {
                assertThat(e.offset()).isBetween(0, mutated.length);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
