package io.tsdb.storage.codec.pack;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.codec.ColumnDecoder;
import io.tsdb.storage.codec.ColumnEncoder;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A JVM that was started without the vector module encodes and decodes all the same.
class VectorModuleAbsentTest {
    @Test
    void plainLoopsTakeOver() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Main.class.getName()))
                        .redirectErrorStream(true)
                        .start();
        try (InputStream output = process.getInputStream()) {
            assertThat(new String(output.readAllBytes(), UTF_8)).isEqualTo("ScalarLaneKernel true");
        }
        assertThat(process.waitFor()).isZero();
    }

    /// What the other JVM runs.
    static final class Main {
        private Main() {}

        public static void main(String[] args) {
            long[] values = new long[1000];
            Arrays.setAll(values, i -> Double.doubleToRawLongBits(i * i % 97 / 10.0));
            ByteSink sink = new ByteSink();
            new ColumnEncoder().encodeDoubles(values, 1000, -1, sink);
            double[] decoded = new double[1000];
            ColumnDecoder.decodeDoubles(sink.bytes(), 0, sink.size(), 1000, decoded);
            long[] bits = Arrays.stream(decoded).mapToLong(Double::doubleToRawLongBits).toArray();
            System.out.print(
                    LaneKernel.best().getClass().getSimpleName()
                            + " "
                            + Arrays.equals(bits, values));
        }
    }
}
