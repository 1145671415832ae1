package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.InputMutator;
import io.tsdb.ingest.protocol.Precision;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The fast path takes what the careful path takes, with the same points, and leaves the rest to
/// it: the same requests, damaged at random, go through a decoder with it and one without.
class LineDecoderFuzzTest {
    private static final String ALPHABET = "\\\",= \n\r#0123456789.-eEiutTfF\tm";

    /// About twelve lines each. More: `-Dtsdb.fuzz.requests=N`, as the profile `soak` does.
    private static final int REQUESTS = Integer.getInteger("tsdb.fuzz.requests", 3_000);

    private static final String[] NAMES = {"a", "usage_user", "usage_guest_nice", "höhe", "x\\ y"};
    private static final String[] SERIES = {
        "m",
        "m,t=a",
        "cpu,host=h1,region=eu-west-1",
        "cpu,host=h2,region=eu-west-1",
        "k\\ l,a\\=b=c"
    };
    private static final String[] VALUES = {
        "1i",
        "-922337203685477580i",
        "12u",
        "1234567890123u",
        "18446744073709551615u",
        "0.5",
        "-12.25",
        "20.0",
        "1e-7",
        "0.12345678901234567",
        "98765432109876543210.5",
        "t",
        "FALSE",
        "True",
        "\"\"",
        "\"a string that is longer than a word\"",
        "\"Köln\"",
        "\"esc \\\" aped\"",
        "\"two\nlines\"",
        "77t"
    };

    private final long seed = Long.getLong("tsdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private int acceptedLines;

    @Test
    void takesWhatTheCarefulPathTakes() {
        System.out.println("LineDecoderFuzzTest -Dtsdb.seed=" + seed);
        var fastSink = new FakePointSink(2);
        var carefulSink = new FakePointSink(2);
        var fast = new LineDecoder(fastSink, false, CacheBudget.unlimited(), true);
        var careful = new LineDecoder(carefulSink, false, CacheBudget.unlimited(), false);
        long accepted = 0;
        for (int i = 0; i < REQUESTS; i++) {
            Precision precision = Precision.values()[random.nextInt(Precision.values().length)];
            byte[] request = request(precision);
            if (random.nextInt(4) > 0) {
                request = new InputMutator(random, ALPHABET).mutate(request);
            }
            if (random.nextInt(500) == 0) {
                fastSink.dropAll();
                carefulSink.dropAll();
            }
            List<String> expected = run(careful, carefulSink, request, precision);
            assertThat(run(fast, fastSink, request, precision))
                    .as(
                            "request %d of seed %d: %s",
                            i, seed, new String(request, StandardCharsets.ISO_8859_1))
                    .isEqualTo(expected);
            accepted += acceptedLines;
        }
        System.out.println(
                accepted + " lines accepted, " + fast.plainLines() + " by the fast path");
        // Careful are also each first line of a piece's end, of a request and of a new series.
        assertThat(fast.plainLines()).isGreaterThan(accepted / 4);
        assertThat(careful.plainLines()).isZero();
    }

    private List<String> run(
            LineDecoder decoder, FakePointSink sink, byte[] request, Precision precision) {
        decoder.begin("db", precision, 1_700_000_000_123_456_789L, DecodeLimits.DEFAULT);
        int cut = request.length / 3;
        decoder.decode(request, 0, cut);
        decoder.decode(request, cut, request.length);
        DecodeResult result = decoder.end();
        acceptedLines = result.acceptedLines();
        var text = new ArrayList<>(sink.describe(result.batches()));
        result.errors().forEach(error -> text.add(error.toString()));
        text.add("accepted " + result.acceptedLines());
        text.add("refused " + result.errorCount());
        text.add("stripped " + result.strippedTime());
        sink.write(result.points(), _ -> {});
        result.release();
        return text;
    }

    /// A field keeps its kind of value in most lines, so that most lines are good.
    private byte[] request(Precision precision) {
        var out = new ByteArrayOutputStream();
        int count = 1 + random.nextInt(24);
        int shape = random.nextInt(1000);
        for (int line = 0; line < count; line++) {
            var text = new StringBuilder(SERIES[(shape + line) % SERIES.length]).append(' ');
            int fields = 1 + random.nextInt(4);
            for (int i = 0; i < fields; i++) {
                int name = random.nextInt(10) == 0 ? random.nextInt(NAMES.length) : i;
                text.append(i == 0 ? "" : ",")
                        .append(NAMES[name])
                        .append('_')
                        .append(name)
                        .append('=');
                text.append(value(name));
            }
            if (random.nextInt(6) > 0) {
                text.append(' ').append(time(precision));
            }
            text.append(random.nextInt(20) == 0 ? "\r\n" : "\n");
            out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private String value(int name) {
        int kind = random.nextInt(50) == 0 ? random.nextInt(5) : name;
        return switch (kind) {
            case 0 -> VALUES[random.nextInt(3)];
            case 1 -> VALUES[3 + random.nextInt(6)];
            case 2 -> VALUES[9 + random.nextInt(3)];
            case 3 -> VALUES[12 + random.nextInt(5)];
            default -> VALUES[random.nextInt(VALUES.length)];
        };
    }

    private String time(Precision precision) {
        return switch (random.nextInt(12)) {
            case 0 -> "0";
            case 1 -> "-" + random.nextInt(1000);
            case 2 -> Long.toString(random.nextLong());
            case 3 -> "9223372036854775806";
            case 4 -> Integer.toString(random.nextInt());
            default -> Long.toString(present(precision) + random.nextInt(1000));
        };
    }

    /// A present time in this precision.
    private static long present(Precision precision) {
        return switch (precision) {
            case NS, AUTO -> 1_700_000_000_000_000_000L;
            case US -> 1_700_000_000_000_000L;
            case MS -> 1_700_000_000_000L;
            case S -> 1_700_000_000L;
            case M -> 28_333_333L;
            case H -> 472_222L;
        };
    }
}
