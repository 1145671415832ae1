package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;

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

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Lines a second from bytes to rows of two shards, on one core: requests of 10,000 lines in pieces
/// of 64 KiB, series known to the shards.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LineDecoderBenchmark {
    private static final int LINES = 10_000;
    private static final int PIECE_BYTES = 1 << 16;

    @Param public LineShape shape;

    private final FakePointSink sink = new FakePointSink(2);
    private LineDecoder decoder;
    private LineDecoder careful;
    private byte[] request;

    @Setup
    public void makeRequest() {
        var random = new Random(7);
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < LINES; i++) {
            out.writeBytes(shape.line(i, random).getBytes(StandardCharsets.UTF_8));
        }
        request = out.toByteArray();
        decoder = new LineDecoder(sink, false);
        careful = new LineDecoder(sink, false, CacheBudget.unlimited(), false);
        DecodeResult result = run(decoder);
        sink.write(result.points(), _ -> {});
        if (result.acceptedLines() != LINES || result.errorCount() != 0) {
            throw new IllegalStateException("refused: " + result.errors());
        }
        var points = sink.describe(result.batches());
        if (!points.equals(sink.describe(run(careful).batches()))) {
            throw new IllegalStateException("fast and careful path differ");
        }
    }

    @Benchmark
    @OperationsPerInvocation(LINES)
    public int lines() {
        return decode(decoder);
    }

    @Benchmark
    @OperationsPerInvocation(LINES)
    public int linesByTheCarefulPath() {
        return decode(careful);
    }

    private int decode(LineDecoder target) {
        DecodeResult result = run(target);
        int accepted = result.acceptedLines();
        result.release();
        return accepted;
    }

    private DecodeResult run(LineDecoder target) {
        target.begin("db", Precision.NS, 0, DecodeLimits.DEFAULT);
        for (int at = 0; at < request.length; at += PIECE_BYTES) {
            target.decode(request, at, Math.min(at + PIECE_BYTES, request.length));
        }
        return target.end();
    }
}
