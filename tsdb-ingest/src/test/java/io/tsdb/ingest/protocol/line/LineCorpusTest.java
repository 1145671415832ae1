package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Every decode case of the shared conformance corpus is accepted or refused as the reference
/// decoder does, with the same points; what `docs/protocol/line.md` decides otherwise is counted
/// apart.
class LineCorpusTest {
    private static final Path CORPUS = Path.of("/work/shared/data/line-protocol/corpus.jsonl");

    /// Cases (one to decode, one to encode) where the reference reads a backslash and `r` or `n` in
    /// a string as one control character; here they stay two characters, as in every InfluxDB.
    private static final Set<String> ESCAPES_KEPT =
            Set.of("0d72bd69a58fa1a3399cf61fc9fdc67c", "65a52922c8cba2673eff7194628cc1e0");

    private static List<JsonNode> cases = List.of();

    private final List<String> wrong = new ArrayList<>();

    @BeforeAll
    static void readCorpus() throws IOException {
        assumeTrue(Files.isReadable(CORPUS), "the shared corpus is not on this machine: " + CORPUS);
        var mapper = new ObjectMapper();
        cases = Files.readAllLines(CORPUS).stream().map(mapper::readTree).toList();
    }

    @Test
    void decidesEveryDecodeCaseRight() {
        int accepted = 0;
        int refused = 0;
        int decidedOtherwise = 0;
        for (JsonNode each : cases) {
            if (each.get("kind").asString().equals("decode")) {
                JsonNode input = each.get("input");
                var sink = new FakePointSink(2);
                DecodeResult result = decode(sink, input);
                JsonNode points = each.get("output").get("result");
                if (points == null) {
                    refused++;
                    check(result.errorCount() > 0, each, "was accepted");
                } else if (isDecidedOtherwise(points)) {
                    decidedOtherwise++;
                    check(result.errorCount() == 1, each, "was not refused once");
                } else if (ESCAPES_KEPT.contains(input.get("key").asString())) {
                    decidedOtherwise++;
                    check(
                            sink.describe(result.batches())
                                    .equals(List.of("m{} v:string=\"\\r\" @42000000000")),
                            each,
                            "was not kept as it is");
                } else {
                    accepted++;
                    compare(each, points, sink, result);
                }
            }
        }
        System.out.printf(
                "line protocol corpus: %d accepting, %d refusing, %d decided otherwise; wrong:"
                        + " %d%n",
                accepted, refused, decidedOtherwise, wrong.size());
        assertThat(wrong).isEmpty();
        assertThat(accepted).isEqualTo(189);
        assertThat(refused).isEqualTo(3105);
        assertThat(decidedOtherwise).isEqualTo(3);
    }

    /// What the encoder of the reference writes is read back as the points it wrote.
    @Test
    void readsWhatTheReferenceEncoderWrites() {
        int read = 0;
        for (JsonNode each : cases) {
            JsonNode text = each.get("output").get("result");
            if (each.get("kind").asString().equals("encode")
                    && text != null
                    && !ESCAPES_KEPT.contains(each.get("input").get("key").asString())) {
                JsonNode point = each.get("input").get("point");
                var points = List.of(point);
                var sink = new FakePointSink(2);
                DecodeResult result =
                        decode(
                                sink,
                                text.asString().getBytes(StandardCharsets.UTF_8),
                                Precision.NS,
                                0);
                assertThat(result.errors()).isEmpty();
                check(
                        sink.describe(result.batches()).equals(expected(points)),
                        each,
                        "reads as " + sink.describe(result.batches()));
                read++;
            }
        }
        System.out.printf("line protocol corpus: %d encode cases read back%n", read);
        assertThat(wrong).isEmpty();
        assertThat(read).isEqualTo(59);
    }

    private void compare(JsonNode each, JsonNode points, FakePointSink sink, DecodeResult result) {
        check(result.errorCount() == 0, each, "was refused: " + result.errors());
        List<String> expected = expected(points.values());
        // The corpus is JSON of a writer that drops the sign of zero.
        List<String> actual =
                sink.describe(result.batches()).stream()
                        .map(point -> point.replace("=-0.0 ", "=0.0 "))
                        .toList();
        // Shards and measurements change the order of points of different series.
        expected = expected.stream().sorted().toList();
        check(
                actual.stream().sorted().toList().equals(expected),
                each,
                "gave " + actual + " instead of " + expected);
    }

    private static DecodeResult decode(FakePointSink sink, JsonNode input) {
        JsonNode text = input.get("text");
        byte[] bytes =
                text.isString()
                        ? text.asString().getBytes(StandardCharsets.UTF_8)
                        : Base64.getDecoder().decode(text.get("binary").asString());
        Precision precision =
                Precision.parse(input.get("precision").asString().substring(1)).orElseThrow();
        return decode(sink, bytes, precision, input.get("defaultTime").asLong());
    }

    private static DecodeResult decode(
            FakePointSink sink, byte[] bytes, Precision precision, long serverTime) {
        var decoder = new LineDecoder(sink, false);
        decoder.begin("db", precision, serverTime, DecodeLimits.DEFAULT);
        decoder.decode(bytes, 0, bytes.length);
        return decoder.end();
    }

    /// A tag named `time` is refused here.
    private static boolean isDecidedOtherwise(JsonNode points) {
        for (JsonNode point : points.values()) {
            for (JsonNode tag : point.get("tags").values()) {
                if (tag.get("key").asString().equals("time")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<String> expected(Iterable<JsonNode> points) {
        var texts = new ArrayList<String>();
        for (JsonNode point : points) {
            var tags = new TreeMap<String, String>();
            for (JsonNode tag : point.get("tags").values()) {
                tags.put(shown(tag.get("key")), shown(tag.get("value")));
            }
            var fields = new TreeMap<String, String>();
            for (JsonNode field : point.get("fields").values()) {
                fields.put(shown(field.get("key")), value(field.get("value")));
            }
            var text = new StringBuilder(shown(point.get("name")));
            text.append(tags.toString().replace(", ", ","));
            fields.forEach((name, value) -> text.append(' ').append(name).append(value));
            texts.add(text.append(" @").append(point.get("time").asLong()).toString());
        }
        return texts;
    }

    private static String shown(JsonNode text) {
        return FakePointSink.shown(text.asString());
    }

    private static String value(JsonNode value) {
        var entry = value.properties().iterator().next();
        return switch (entry.getKey()) {
            case "int" -> ":int64=" + entry.getValue().asLong();
            case "uint" -> ":uint64=" + entry.getValue().bigIntegerValue();
            case "float" -> ":float64=" + entry.getValue().asDouble();
            case "bool" -> ":bool=" + entry.getValue().asBoolean();
            case "string" -> ":string=\"" + shown(entry.getValue()) + '"';
            default -> throw new IllegalStateException("kind of value: " + entry.getKey());
        };
    }

    private void check(boolean right, JsonNode each, String what) {
        if (!right) {
            wrong.add(each.get("input") + " " + what);
        }
    }
}
