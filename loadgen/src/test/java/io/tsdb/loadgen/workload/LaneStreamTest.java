package io.tsdb.loadgen.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;

class LaneStreamTest {
    private static final long START = 1_451_606_400_000_000_000L;
    private static final Disorder MIXED = new Disorder(0.02, 0.05, 0.05, 0.2, 0.1, 0.02, 0.1);

    private static StreamConfig config(String workload, int lanes, int batch, Disorder disorder) {
        return new StreamConfig(
                workload,
                12,
                123,
                START,
                10_000_000_000L,
                100,
                lanes,
                batch,
                Precision.NS,
                disorder);
    }

    private static List<String> lines(StreamConfig config) {
        List<String> lines = new ArrayList<>();
        for (int lane = 0; lane < config.lanes(); lane++) {
            LaneStream stream = new LaneStream(config, lane);
            LineBuffer buffer = new LineBuffer(16);
            while (stream.hasNext()) {
                stream.next(buffer);
                String text = new String(buffer.bytes(), 0, buffer.size(), StandardCharsets.UTF_8);
                List<String> batch = text.isEmpty() ? List.of() : List.of(text.split("\n"));
                assertThat(batch).hasSize(buffer.lines());
                lines.addAll(batch);
            }
        }
        return lines;
    }

    // The checksums pin the bytes for a seed: a change here makes old ledgers unreadable, so change
    // the workload's name instead.
    @ParameterizedTest
    @CsvSource({
        "cpu-only, 2021861166",
        "devops, 3043457714",
        "iot, 531868760",
        "sensors, 3374813234",
        "churn, 900486472",
        "cardinality, 507159802"
    })
    void givesTheSameBytesForever(String workload, long checksum) {
        CRC32C crc = new CRC32C();
        crc.update(
                String.join("\n", lines(config(workload, 1, 50, MIXED)))
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(crc.getValue()).isEqualTo(checksum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-only", "devops", "iot", "sensors", "churn", "cardinality"})
    void givesTheSameLinesHoweverTheyAreDivided(String workload) {
        List<String> one = lines(config(workload, 1, 1000, MIXED));
        List<String> many = lines(config(workload, 5, 7, MIXED));
        Collections.sort(one);
        Collections.sort(many);
        assertThat(many).isEqualTo(one);
    }

    @Test
    void writesTheLinesOfTheTsbsUseCases() {
        assertThat(lines(config("cpu-only", 1, 10, Disorder.NONE)).getFirst())
                .matches(
                        "cpu,hostname=host_0,region=[a-z0-9-]+,datacenter=[a-z0-9-]+[abc],rack=\\d+,os=Ubuntu[A-Z0-9.]+,arch=x\\d\\d,team=[A-Z]+,service=\\d+,service_version=[01],service_environment=(production|staging|test)"
                            + " usage_user=\\d+i,usage_system=\\d+i,usage_idle=\\d+i,usage_nice=\\d+i,usage_iowait=\\d+i,usage_irq=\\d+i,usage_softirq=\\d+i,usage_steal=\\d+i,usage_guest=\\d+i,usage_guest_nice=\\d+i"
                            + " 1451606400000000000");
        assertThat(lines(config("iot", 1, 10, Disorder.NONE)).getFirst())
                .matches(
                        "readings,name=truck_0,fleet=\\w+,driver=\\w+,model=[A-Z0-9-]+,device_version=v[\\d.]+,load_capacity=\\d+,fuel_capacity=\\d+,nominal_fuel_consumption=\\d+"
                            + " latitude=\\d+\\.\\d{5},longitude=\\d+\\.\\d{5},elevation=\\d+,velocity=0,heading=\\d+,grade=0,fuel_consumption=25\\.0"
                            + " 1451606400000000000");
    }

    @Test
    void followsTheDisorderRatesOfTheIotUseCase() {
        StreamConfig config =
                new StreamConfig(
                        "iot",
                        500,
                        7,
                        START,
                        10_000_000_000L,
                        400,
                        1,
                        1000,
                        Precision.NS,
                        Disorder.IOT);
        Workload workload = Workloads.named("iot");
        PointSends sends = new PointSends(config, workload);
        int missing = 0;
        int late = 0;
        int points = 0;
        for (long step = 0; step < 300; step++) {
            for (int device = 0; device < 500; device++) {
                points++;
                if (sends.of(device, step, 0) == 0) {
                    missing++;
                } else if (sends.batch(0) != config.batchOf(device, step, 0, 2)) {
                    late++;
                }
            }
        }
        // 1 % of the batches and 10 % of the entries are missing; 5 % and 30 % of the rest are late
        // (few land in their own batch).
        assertThat(missing / (double) points).isBetween(0.10, 0.12);
        assertThat(late / (double) (points - missing)).isBetween(0.28, 0.36);
    }

    @Test
    void walksLikeTheUseCase() {
        SeriesWalk walk = new SeriesWalk(Workloads.named("cpu-only"), 0, 123, 0, 1);
        long[] values = new long[10];
        long[] before = new long[10];
        double squares = 0;
        int moves = 0;
        for (long step = 0; step < 20_000; step++) {
            walk.advance(0, step, values);
            for (int f = 0; f < 10; f++) {
                assertThat(values[f]).isBetween(0L, 100L);
                if (step > 0 && before[f] > 5 && before[f] < 95) {
                    squares += Math.pow(values[f] - before[f], 2);
                    moves++;
                }
            }
            System.arraycopy(values, 0, before, 0, 10);
        }
        // A step has variance 1; cutting both ends to integers adds 1/6.
        assertThat(squares / moves).isBetween(1.0, 1.35);
    }
}
