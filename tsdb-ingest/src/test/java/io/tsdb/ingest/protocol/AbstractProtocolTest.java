package io.tsdb.ingest.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.batch.PointSink;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Contract of every [ProtocolDecoder], over the golden pairs of its folder
/// `src/test/resources/protocol/<name>`: `x.in` is what a client sends, `x.points` what it means.
///
/// `x.points` has the points in text order, then the refused lines as `! line:column KIND message`.
public abstract class AbstractProtocolTest {
    protected static final long SERVER_TIME = 1_700_000_000_123_456_789L;

    private static final int MUTATIONS = 3_000;

    protected abstract String protocol();

    protected abstract ProtocolDecoder decoder(PointSink sink);

    /// The precision a golden input is sent with.
    protected abstract Precision precisionOf(byte[] input);

    /// Bytes that matter in this protocol, for mutations.
    protected abstract String alphabet();

    @TestFactory
    Stream<DynamicTest> goldenInputsMeanTheirPoints() throws IOException {
        return inputs().stream()
                .map(
                        path ->
                                DynamicTest.dynamicTest(
                                        String.valueOf(path.getFileName()),
                                        () ->
                                                assertThat(decodeInPieces(read(path), List.of()))
                                                        .isEqualTo(expected(path))));
    }

    @TestFactory
    Stream<DynamicTest> cutsAtAnyByteChangeNothing() throws IOException {
        return inputs().stream()
                .map(
                        path ->
                                DynamicTest.dynamicTest(
                                        String.valueOf(path.getFileName()),
                                        () -> cutAtEveryByte(path)));
    }

    private void cutAtEveryByte(Path path) {
        byte[] input = read(path);
        List<String> expected = expected(path);
        for (int cut = 0; cut <= input.length; cut++) {
            assertThat(decodeInPieces(input, List.of(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        List<Integer> everywhere = Stream.iterate(1, i -> i + 1).limit(input.length).toList();
        assertThat(decodeInPieces(input, everywhere)).as("byte by byte").isEqualTo(expected);
    }

    @Test
    void takesInPiecesWhatItTakesAtOnce() throws IOException {
        for (Path path : inputs()) {
            byte[] input = read(path);
            var sink = new FakePointSink(3);
            ProtocolDecoder decoder = decoder(sink);
            decoder.begin("db", precisionOf(input), SERVER_TIME, DecodeLimits.DEFAULT);
            var text = new GoldenText(sink);
            for (int at = 0; at < input.length; at += 7) {
                decoder.decode(input, at, Math.min(at + 7, input.length));
                DecodeResult result = decoder.take();
                text.add(result);
                sink.write(result.points(), _ -> {});
                result.release();
            }
            text.add(decoder.end());
            assertThat(text.lines()).as("%s", path).isEqualTo(expected(path));
        }
    }

    @Test
    void mutatedInputGivesPointsOrNamedErrors() throws IOException {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println(getClass().getSimpleName() + " -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        List<byte[]> inputs = inputs().stream().map(AbstractProtocolTest::read).toList();
        var sink = new FakePointSink(2);
        ProtocolDecoder decoder = decoder(sink);
        long accepted = 0;
        long refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] input =
                    new InputMutator(random, alphabet())
                            .mutate(inputs.get(random.nextInt(inputs.size())));
            decoder.begin("db", Precision.NS, SERVER_TIME, DecodeLimits.DEFAULT);
            int cut = random.nextInt(input.length + 1);
            decoder.decode(input, 0, cut);
            decoder.decode(input, cut, input.length);
            DecodeResult result = decoder.end();
            check(result, input);
            accepted += result.acceptedLines();
            refused += result.errorCount();
            sink.write(result.points(), _ -> {});
            result.release();
        }
        assertThat(accepted).isPositive();
        assertThat(refused).isPositive();
    }

    private static void check(DecodeResult result, byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        long lines = text.chars().filter(c -> c == '\n').count() + 1;
        assertThat(result.acceptedLines() + result.errorCount()).as(text).isBetween(0, (int) lines);
        for (LineError error : result.errors()) {
            assertThat(error.lineNumber()).as("%s %s", error, text).isBetween(1L, lines);
            assertThat(error.column()).as("%s", error).isBetween(1, input.length + 1);
            assertThat(error.message()).isNotEmpty();
        }
        int points = 0;
        for (var batch : result.batches()) {
            points += batch == null ? 0 : batch.pointCount();
        }
        assertThat(points).isEqualTo(result.acceptedLines());
    }

    private List<String> decodeInPieces(byte[] input, List<Integer> cuts) {
        var sink = new FakePointSink(2);
        ProtocolDecoder decoder = decoder(sink);
        decoder.begin("db", precisionOf(input), SERVER_TIME, DecodeLimits.DEFAULT);
        int from = 0;
        for (int cut : cuts) {
            decoder.decode(input, from, cut);
            from = cut;
        }
        decoder.decode(input, from, input.length);
        var text = new GoldenText(sink);
        text.add(decoder.end());
        return text.lines();
    }

    protected static final class GoldenText {
        private final FakePointSink sink;
        private final List<String> points = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();

        public GoldenText(FakePointSink sink) {
            this.sink = sink;
        }

        public void add(DecodeResult result) {
            points.addAll(sink.describe(result.batches()));
            for (LineError error : result.errors()) {
                errors.add(
                        "! %d:%d %s %s"
                                .formatted(
                                        error.lineNumber(),
                                        error.column(),
                                        error.kind(),
                                        error.message()));
            }
            assertThat(result.errorCount()).isEqualTo(result.errors().size());
        }

        public List<String> lines() {
            var lines = new ArrayList<>(points.stream().sorted().toList());
            lines.addAll(errors);
            return lines;
        }
    }

    protected final List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            List<Path> inputs =
                    files.filter(path -> path.toString().endsWith(".in")).sorted().toList();
            assertThat(inputs).isNotEmpty();
            return inputs;
        }
    }

    private Path folder() {
        try {
            return Path.of(
                    AbstractProtocolTest.class.getResource("/protocol/" + protocol()).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    protected static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> expected(Path input) {
        String points = input.toString().replaceAll("\\.in$", ".points");
        try {
            return Files.readAllLines(Path.of(points));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
