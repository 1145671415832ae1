package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Lines (rows of ten fields) per second through the payload of a log record, on one core.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BatchEncoderBenchmark {
    private static final int ROW_COUNT = 5_000;

    /// Ten integers of 0 to 100; ten float64 of two decimals; ten float64 of full mantissa.
    @Param({"integers", "decimals", "doubles"})
    public String shape = "integers";

    private final BatchEncoder encoder = new BatchEncoder();
    private final BatchDecoder decoder = new BatchDecoder();
    private final EncodeBuffer buffer = new EncodeBuffer(1 << 20);
    private PointBatch batch = new PointBatch("benchmark");

    @Setup
    public void draw() {
        var random = new Random(1);
        batch = new PointBatch("benchmark");
        MeasurementRows rows = batch.rows("cpu");
        for (int i = 0; i < ROW_COUNT; i++) {
            int row =
                    rows.addRow(i % 1000, 1_451_606_400_000_000_000L + i / 1000 * 10_000_000_000L);
            for (int c = 0; c < 10; c++) {
                put(rows, "usage_" + c, row, random);
            }
        }
        batch.number(1, 1);
        rows.number(1);
        for (int c = 0; c < 10; c++) {
            rows.columns().get(c).number(c);
        }
        encoder.encode(batch, buffer);
        if (decode().pointCount() != ROW_COUNT) {
            throw new IllegalStateException("rows got lost");
        }
        System.out.printf("%s: %.2f bytes a line%n", shape, buffer.position() / (double) ROW_COUNT);
    }

    private void put(MeasurementRows rows, String name, int row, Random random) {
        if (shape.equals("integers")) {
            rows.column(name, FieldType.INT64).put(row, random.nextInt(101));
            return;
        }
        FieldColumn column = rows.column(name, FieldType.FLOAT64);
        boolean decimal = shape.equals("decimals");
        double value = decimal ? random.nextInt(10_000) / 100.0 : random.nextDouble();
        column.putDouble(row, Double.doubleToRawLongBits(value), decimal ? 2 : -1);
    }

    @Benchmark
    @OperationsPerInvocation(ROW_COUNT)
    public int encode() {
        buffer.position(0);
        encoder.encode(batch, buffer);
        return buffer.position();
    }

    @Benchmark
    @OperationsPerInvocation(ROW_COUNT)
    public PointBatch decode() {
        return decoder.decode(
                new DecodeCursor("benchmark", 0, buffer.bytes(), 0, buffer.position()));
    }
}
