package io.tsdb.loadgen.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.loadgen.workload.Disorder;
import io.tsdb.loadgen.workload.Precision;
import io.tsdb.loadgen.workload.StreamConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class LedgerTest {
    private static final StreamConfig STREAM =
            new StreamConfig(
                    "iot", 10, 1, 0, 1_000_000_000L, 100, 2, 10, Precision.NS, Disorder.IOT);
    private static final LedgerHeader HEADER = new LedgerHeader(STREAM, "bench", "V1", 2);

    @TempDir Path directory = Path.of("");

    private Path written() throws IOException {
        Path path = directory.resolve("ledger");
        try (LedgerWriter writer = LedgerWriter.open(path, HEADER)) {
            writer.append(0, 0, 10, false, true);
            writer.append(1, 0, 10, false, true);
            writer.append(0, 2, 9, true, true);
            writer.append(0, 1, 10, false, true);
        }
        return path;
    }

    @Test
    void givesBackHeaderOrderAndDoubt() throws IOException {
        Ledger ledger = Ledger.read(written());
        assertThat(ledger.header()).isEqualTo(HEADER);
        assertThat(ledger.lines()).isEqualTo(39);
        assertThat(ledger.order(0, 2, false)).isLessThan(ledger.order(0, 1, false));
        assertThat(ledger.order(0, 3, false)).isZero();
        assertThat(ledger.isUncertain(0, 1)).isFalse();
        assertThat(ledger.isUncertain(0, 2)).as("an earlier attempt got no answer").isTrue();
        assertThat(ledger.isUncertain(0, 4)).as("may have been under way at the end").isTrue();
        assertThat(ledger.isUncertain(0, 5)).as("beyond what can be under way").isFalse();
        assertThat(ledger.nextBatch(0)).isEqualTo(3);
        assertThat(ledger.nextBatch(1)).isEqualTo(1);
    }

    @Test
    void cutsATornLastRecordAtEveryByte() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        for (int torn = 1; torn < LedgerLayout.RECORD_BYTES; torn++) {
            Path path = directory.resolve("torn");
            Files.write(path, Arrays.copyOf(whole, whole.length - torn));
            assertThat(Ledger.read(path).lines()).as("%d bytes torn off", torn).isEqualTo(29);
            try (LedgerWriter writer = LedgerWriter.open(path, HEADER)) {
                writer.append(0, 1, 10, false, true);
            }
            assertThat(Ledger.read(path).lines()).isEqualTo(39);
        }
    }

    @Test
    void refusesDamageBeforeTheTail() throws IOException {
        Path path = written();
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 2 * LedgerLayout.RECORD_BYTES] ^= 1;
        Files.write(path, bytes);
        assertThatThrownBy(() -> Ledger.read(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "CRC mismatch at offset " + (bytes.length - 2 * LedgerLayout.RECORD_BYTES));
    }

    @Test
    void refusesToMixTwoRuns() throws IOException {
        Path path = written();
        LedgerHeader other = new LedgerHeader(STREAM.withLanes(1), "bench", "V1", 2);
        assertThatThrownBy(() -> LedgerWriter.open(path, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another run");
    }
}
