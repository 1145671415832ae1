package io.tsdb.ingest.protocol.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.DecodeResult.StrippedTime;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.LineError.Kind;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.SchemaLimits;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

class LineDecoderTest {
    private static final long NOW = 1_700_000_000_123_456_789L;
    private static final DecodeLimits TIGHT = new DecodeLimits(60, 2, 3, 2, 1 << 20);

    private final FakePointSink sink = new FakePointSink(2);
    private final LineDecoder decoder = new LineDecoder(sink, false);

    @Test
    void refusesLongLinesAndGoesOn() {
        String good = "m f=1 1\n";
        String tooLong = "m f=\"" + "x".repeat(60) + "\" 2\n";
        for (int pieceSize : new int[] {1, 7, 1000}) {
            DecodeResult result = inPieces(good + tooLong + good, pieceSize, TIGHT);
            assertThat(result.acceptedLines()).isEqualTo(2);
            assertThat(result.errors()).hasSize(1);
            LineError error = result.errors().getFirst();
            assertThat(error.kind()).isEqualTo(Kind.LIMIT);
            assertThat(error.lineNumber()).isEqualTo(2);
            assertThat(error.message()).isEqualTo("line is longer than 60 bytes");
            assertThat(error.originalLine()).startsWith("m f=\"xxx");
        }
    }

    /// The end of the line does not count, and neither path may be off by one.
    @Test
    void takesLinesOfExactlyTheLimit() {
        for (String end : List.of("\n", "\r\n")) {
            String longest = "m f=\"" + "x".repeat(60 - 8) + "\" 2";
            assertThat(longest).hasSize(60);
            for (int pieceSize : new int[] {1, 61, 1000}) {
                String text = longest + end + longest + end;
                assertThat(inPieces(text, pieceSize, TIGHT).acceptedLines()).isEqualTo(2);
                text = text.replace(" 2", " 22");
                assertThat(inPieces(text, pieceSize, TIGHT).errorCount()).isEqualTo(2);
            }
        }
    }

    /// What cannot be held is not held: the text of the error stays short, the newlines in the
    /// string count, and nothing of the string is taken for a line.
    @Test
    void skipsAHugeStringToItsEnd() {
        String huge = "m s=\"" + "m f=1 1\n".repeat(100_000) + "\" 2\n";
        var limits = new DecodeLimits(1 << 16, 8, 8, 10, 1 << 20);
        for (int pieceSize : new int[] {4096, 1 << 20}) {
            DecodeResult result = inPieces(huge + "m,t=\n", pieceSize, limits);
            assertThat(result.acceptedLines()).isZero();
            assertThat(result.errors())
                    .extracting(LineError::lineNumber)
                    .containsExactly(1L, 100_002L);
            assertThat(result.errors().getFirst().originalLine())
                    .hasSizeLessThan(300)
                    .endsWith("...");
        }
    }

    @Test
    void limitsTagsAndFields() {
        assertThat(decode("m,a=1,b=2 f=1,g=2,h=3 1\n", TIGHT).errorCount()).isZero();
        assertThat(decode("m,a=1,b=2,c=3 f=1 1\n", TIGHT).errors())
                .extracting(LineError::message)
                .containsExactly("more than 2 tags");
        assertThat(decode("m,a=1,b=2 f=1,g=2,h=3,i=4 1\n", TIGHT).errors())
                .extracting(LineError::message)
                .containsExactly("more than 3 fields");
        // now the fast path knows series and fields
        assertThat(decode("m,a=1,b=2 f=1,g=2,h=3 1\nm,a=1,b=2 f=1,g=2,h=3,f=4 1\n", TIGHT).errors())
                .extracting(LineError::message)
                .containsExactly("more than 3 fields");
    }

    /// Four connections that bring the same 6,000 measurements or 3,000 fields are within the
    /// limits; each of them counted what the others had defined a second time.
    @Test
    void whatOthersDefinedMeanwhileCountsOnce() {
        int measurements = SchemaLimits.DEFAULT.measurements();
        begin(decoder);
        Definitions.Builder others = Definitions.in("db");
        for (int i = 0; i < 6_000; i++) {
            feed(decoder, "m" + i + " f=1 1\n");
            others.field("m" + i, "f", FieldType.FLOAT64);
        }
        sink.catalog().define(others.build());
        for (int i = 6_000; i < measurements; i++) {
            feed(decoder, "m" + i + " f=1 1\n");
        }
        feed(decoder, "more f=1 1\nm1 f=2 2\n");
        DecodeResult result = decoder.end();
        assertThat(result.acceptedLines()).isEqualTo(measurements + 1);
        assertThat(result.errors())
                .extracting(LineError::message)
                .singleElement()
                .asString()
                .startsWith("no room for a new measurement");
        result.release();
    }

    @Test
    void fieldsThatOthersDefinedMeanwhileCountOnce() {
        int fields = SchemaLimits.DEFAULT.fields();
        begin(decoder);
        Definitions.Builder others = Definitions.in("db");
        for (int i = 0; i < 3_000; i++) {
            feed(decoder, "m f" + i + "=1 1\n");
            others.field("m", "f" + i, FieldType.FLOAT64);
        }
        sink.catalog().define(others.build());
        for (int i = 3_000; i < fields; i++) {
            feed(decoder, "m f" + i + "=1 1\n");
        }
        feed(decoder, "m more=1 1\nm f1=2 2\n");
        DecodeResult result = decoder.end();
        assertThat(result.acceptedLines()).isEqualTo(fields + 1);
        assertThat(result.errors())
                .extracting(LineError::message)
                .singleElement()
                .asString()
                .startsWith("no room for more fields: measurement 'm' has " + fields);
        result.release();
    }

    /// A line with a new tag key has the others, too.
    @Test
    void tagKeysThatAreThereCountOnce() {
        int tags = SchemaLimits.DEFAULT.tags();
        var existing = new StringBuilder("m");
        for (int i = 0; i < tags - 10; i++) {
            existing.append(",t").append(i).append("=a");
        }
        write(decode(existing + " f=1 1\n"));
        begin(decoder);
        for (int i = 0; i < 10; i++) {
            feed(decoder, existing + ",new" + i + "=a f=1 1\n");
        }
        feed(decoder, existing + ",more=a f=1 1\n" + existing + " f=1 2\n");
        DecodeResult result = decoder.end();
        assertThat(result.acceptedLines()).isEqualTo(11);
        assertThat(result.errors())
                .extracting(LineError::message)
                .singleElement()
                .asString()
                .startsWith("no room for more tag keys: measurement 'm' has " + tags);
        result.release();
    }

    @Test
    void limitsTheSeriesKey() {
        var limits = new DecodeLimits(1 << 20, 8, 8, 10, 1 << 22);
        // canonical: 2 + 1 for the measurement, 2 + 1 + 2 + n for the tag
        String longest = "m,t=" + "x".repeat(65_535 - 8) + " f=1 1\n";
        assertThat(decode(longest, limits).acceptedLines()).isEqualTo(1);
        DecodeResult result = decode(longest.replace("t=", "t=x"), limits);
        assertThat(result.acceptedLines()).isZero();
        assertThat(result.errors())
                .extracting(LineError::message)
                .containsExactly("max key length exceeded: 65536 > 65535");
        assertThat(result.errors()).extracting(LineError::kind).containsExactly(Kind.LIMIT);
    }

    /// Some editors put it before a text; only there it is no text, and only when it is whole.
    @Test
    void dropsAByteOrderMarkAtTheStart() {
        byte[] mark = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
        byte[] line = "m f=1 1\n".getBytes(StandardCharsets.UTF_8);
        for (int marks = 0; marks <= 2; marks++) {
            for (int cut = 0; cut <= 3 * marks + line.length; cut++) {
                var body = new java.io.ByteArrayOutputStream();
                for (int i = 0; i < marks; i++) {
                    body.writeBytes(mark);
                }
                body.writeBytes(line);
                byte[] bytes = body.toByteArray();
                decoder.begin("db", Precision.NS, NOW, DecodeLimits.DEFAULT);
                decoder.decode(bytes, 0, cut);
                decoder.decode(bytes, cut, bytes.length);
                DecodeResult result = decoder.end();
                assertThat(result.acceptedLines()).isEqualTo(1);
                assertThat(Objects.requireNonNull(firstRows(result)).measurement())
                        .isEqualTo(marks == 2 ? "\uFEFFm" : "m");
                result.release();
            }
        }
        for (int part = 1; part < 3; part++) {
            decoder.begin("db", Precision.NS, NOW, DecodeLimits.DEFAULT);
            decoder.decode(mark, 0, part);
            DecodeResult result = decoder.end();
            assertThat(result.errors()).extracting(LineError::kind).containsExactly(Kind.SYNTAX);
            result.release();
        }
        decoder.begin("db", Precision.NS, NOW, DecodeLimits.DEFAULT);
        decoder.decode(mark, 0, 3);
        assertThat(decoder.end().errorCount()).isZero();
    }

    private static MeasurementRows firstRows(DecodeResult result) {
        for (PointBatch batch : result.batches()) {
            if (batch != null && batch.pointCount() > 0) {
                return batch.measurements().getFirst();
            }
        }
        throw new AssertionError("no rows");
    }

    /// What no format could carry, or no flush write, is refused before it is acknowledged.
    @Test
    void limitsTheLengthOfNames() {
        int most = 1_024;
        String longest = "x".repeat(most);
        String tooLong = "é".repeat(most / 2) + "x";
        for (String line : List.of("%s f=1 1\n", "m,%s=v f=1 1\n", "n %s=1 1\n")) {
            assertThat(decode(line.formatted(longest), DecodeLimits.DEFAULT).acceptedLines())
                    .isEqualTo(1);
            DecodeResult result = decode(line.formatted(tooLong), DecodeLimits.DEFAULT);
            assertThat(result.acceptedLines()).isZero();
            assertThat(result.errors()).extracting(LineError::kind).containsExactly(Kind.LIMIT);
            assertThat(result.errors().getFirst().message())
                    .endsWith("name has at most 1024 bytes, this one has 1025");
        }
    }

    @Test
    void countsErrorsThatItDoesNotKeep() {
        DecodeResult result = decode("x\n".repeat(5) + "m f=1\n", TIGHT);
        assertThat(result.errors()).hasSize(2);
        assertThat(result.errorCount()).isEqualTo(5);
        assertThat(result.acceptedLines()).isEqualTo(1);
    }

    @Test
    void namesBothTypesOfAConflict() {
        decode("m,t=a f=1 1\n");
        DecodeResult result = decode("m,t=a f=1 2\nm,t=a f=2i 3\nm,t=a f=3 4\n");
        assertThat(points(result))
                .containsExactly("m{t=a} f:float64=1.0 @2", "m{t=a} f:float64=3.0 @4");
        assertThat(result.errors())
                .containsExactly(
                        new LineError(
                                2,
                                7,
                                "m,t=a f=2i 3",
                                Kind.TYPE_CONFLICT,
                                "field 'f' of measurement 'm' is float64, the line has int64",
                                new LineError.TypeConflict(
                                        "m", "f", FieldType.INT64, FieldType.FLOAT64)));
    }

    @Test
    void takesIntegersAsFloatsWhenTypesAreLenient() {
        var lenient = new LineDecoder(sink, true);
        begin(lenient);
        feed(lenient, "m f=1.5 1\nm f=2i 2\nm f=-3i 3\nm f=\"x\" 4\nm i=1i 5\nm i=1.5 6\n");
        DecodeResult result = lenient.end();
        assertThat(points(result))
                .containsExactly(
                        "m{} f:float64=1.5 @1",
                        "m{} f:float64=2.0 @2",
                        "m{} f:float64=-3.0 @3",
                        "m{} i:int64=1 @5");
        assertThat(result.errors()).extracting(LineError::lineNumber).containsExactly(4L, 6L);
    }

    /// A line that is refused for its last field must not fix the type of its first one.
    @Test
    void registersNothingOfARefusedLine() {
        write(decode("m,t=a f=1 1\n"));
        DecodeResult refused =
                decode(
                        "m,t=a new=1i,f=\"x\" 2\n"
                                + "m,u=b new=1i,f=t 2\n"
                                + "m,t=a new=1i,t=2 2\n"
                                + "fresh,x=1 y=1,x=2 1\n");
        assertThat(refused.acceptedLines()).isZero();
        assertThat(refused.points().definitions()).isNull();
        assertThat(points(decode("m,t=a new=\"now a string\" 3\n")))
                .containsExactly("m{t=a} new:string=\"now a string\" @3");
    }

    /// What a request has that the catalog lacks is for itself alone, until it is written.
    @Test
    void registersNothingBeforeTheRequestIsWritten() {
        DecodeResult dropped = decode("m,t=a f=1i 1\nm,t=a f=2i 2\n");
        assertThat(dropped.acceptedLines()).isEqualTo(2);
        dropped.release();
        assertThat(sink.catalog().databases()).isEmpty();
        DecodeResult taken = decode("m,t=a f=1.5 1\nm,t=a f=2i 2\n");
        assertThat(points(taken)).containsExactly("m{t=a} f:float64=1.5 @1");
        write(taken);
        var schema = sink.catalog().measurement("db", "m").orElseThrow();
        assertThat(schema.fields())
                .containsExactly(Map.entry("f", new FieldSchema("f", FieldType.FLOAT64, 0)));
        assertThat(schema.tagKeys()).containsExactly("t");
        assertThat(decode("m,t=a f=1.5 1\n").points().definitions()).isNull();
    }

    /// Another connection was first: what it defined otherwise is refused, with line and column as
    /// if it had been known, and only what the rest needs is defined.
    @Test
    void takesOutTheLinesThatLostARace() {
        DecodeResult late =
                decode(
                        "m,t=a f=1i 1\nm,t=b f=2i,g=2i 2\nn h=t 3\n"
                                + "n,f=x h=f 4\nm,t=b g=5i 5\nm,u=c g=6i 6\n");
        sink.catalog()
                .define(
                        Definitions.in("db")
                                .field("m", "f", FieldType.STRING)
                                .field("m", "u", FieldType.BOOL)
                                .field("n", "f", FieldType.BOOL)
                                .build());
        DecodeResult rest = late.without(conflicts(late));
        assertThat(rest.acceptedLines()).isEqualTo(2);
        assertThat(rest.errorCount()).isEqualTo(4);
        assertThat(rest.errors())
                .extracting(LineError::lineNumber, LineError::column, LineError::message)
                .containsExactly(
                        tuple(1L, 7, "field 'f' of measurement 'm' is string, the line has int64"),
                        tuple(2L, 7, "field 'f' of measurement 'm' is string, the line has int64"),
                        tuple(4L, 1, "'f' is a tag and a field of measurement 'n'"),
                        tuple(6L, 1, "'u' is a tag and a field of measurement 'm'"));
        assertThat(rest.errors().getFirst().originalLine()).isEqualTo("m,t=a f=1i 1");
        assertThat(points(rest))
                .containsExactlyInAnyOrder("n{} h:bool=true @3", "m{t=b} g:int64=5 @5");
        write(rest);
        assertThat(sink.catalog().measurement("db", "m").orElseThrow().fields().keySet())
                .containsExactly("f", "g", "u");
        assertThat(sink.catalog().measurement("db", "m").orElseThrow().tagKeys())
                .containsExactly("t");
    }

    private List<DefinitionConflict> conflicts(DecodeResult result) {
        var conflicts = new ArrayList<DefinitionConflict>();
        sink.write(
                result.points(),
                outcome ->
                        conflicts.addAll(
                                ((PointSink.WriteResult.Conflicting) outcome).conflicts()));
        return conflicts;
    }

    /// Lost twice: what was left out stays out.
    @Test
    void losesOneRaceAfterAnother() {
        DecodeResult late = decode("m f=1i 1\nm g=2i 2\nm h=3i 3\n");
        sink.catalog().define(Definitions.in("db").field("m", "f", FieldType.BOOL).build());
        DecodeResult rest = late.without(conflicts(late));
        sink.catalog().define(Definitions.in("db").field("m", "h", FieldType.BOOL).build());
        DecodeResult last = rest.without(conflicts(rest));
        assertThat(points(last)).containsExactly("m{} g:int64=2 @2");
        assertThat(last.errors()).extracting(LineError::lineNumber).containsExactly(1L, 3L);
        write(last);
        assertThat(sink.catalog().measurement("db", "m").orElseThrow().fields().keySet())
                .containsExactly("f", "g", "h");
    }

    @Test
    void makesFloatsOfIntegersThatLostARaceWhenTypesAreLenient() {
        var lenient = new LineDecoder(sink, true);
        begin(lenient);
        feed(lenient, "m f=1i,g=t 1\nm f=-2i 2\n");
        DecodeResult late = lenient.end();
        sink.catalog().define(Definitions.in("db").field("m", "f", FieldType.FLOAT64).build());
        DecodeResult rest = late.without(conflicts(late));
        assertThat(rest.errors()).isEmpty();
        assertThat(points(rest))
                .containsExactly("m{} f:float64=1.0 g:bool=true @1", "m{} f:float64=-2.0 @2");
    }

    /// The rows that are kept are copied, whatever their types; unsigned integers become floats,
    /// too.
    @Test
    void keepsWhatDidNotLoseARaceInEveryType() {
        var lenient = new LineDecoder(sink, true);
        begin(lenient);
        feed(lenient, "m f=7u,u=18446744073709551615u,i=-1i,b=t,s=\"x\",d=0.5,lost=t 1\n");
        feed(lenient, "m f=7u,u=18446744073709551615u,i=-1i,b=t,s=\"x\",d=0.5 2\n");
        DecodeResult late = lenient.end();
        sink.catalog()
                .define(
                        Definitions.in("db")
                                .field("m", "f", FieldType.FLOAT64)
                                .field("m", "lost", FieldType.STRING)
                                .build());
        assertThat(points(late.without(conflicts(late))))
                .containsExactly(
                        "m{} b:bool=true d:float64=0.5 f:float64=7.0 i:int64=-1 s:string=\"x\""
                                + " u:uint64=18446744073709551615 @2");
    }

    /// A first request is no slow one: what many of its lines need is learned for its rest.
    @Test
    void readsTheRestOfAFirstRequestFast() {
        String text = manyLines();
        DecodeResult result = decode(text);
        assertThat(decoder.plainLines()).isBetween(700L, 850L);
        var careful = new LineDecoder(sink, false, CacheBudget.unlimited(), false);
        begin(careful);
        feed(careful, text);
        assertThat(points(result)).isEqualTo(points(careful.end()));
        result.release();
        // a request that is not written leaves nothing behind that the next one could read by
        DecodeResult next = decode("m,t=a,u=1 g=1,f=t 1\nm,t=a,u=1 g=1,f=t 2\n");
        assertThat(points(next))
                .containsExactly(
                        "m{t=a,u=1} f:bool=true g:float64=1.0 @1",
                        "m{t=a,u=1} f:bool=true g:float64=1.0 @2");
        write(decode(text));
        long before = decoder.plainLines();
        assertThat(decode(text).points().definitions()).isNull();
        write(decode(text));
        assertThat(decoder.plainLines() - before).isGreaterThan(1_900);
    }

    /// Lines that the fast path took are found when they lose a race.
    @Test
    void takesOutEveryLineThatLostARace() {
        DecodeResult late = decode(manyLines());
        sink.catalog().define(Definitions.in("db").field("m", "g", FieldType.BOOL).build());
        DecodeResult rest = late.without(conflicts(late));
        assertThat(rest.acceptedLines()).isEqualTo(500);
        assertThat(rest.errorCount()).isEqualTo(500);
        assertThat(rest.errors()).hasSizeBetween(50, 100);
        assertThat(points(rest)).hasSize(500).allMatch(point -> !point.contains(" g:"));
        sink.catalog().define(Definitions.in("db").field("m", "u", FieldType.BOOL).build());
        assertThat(points(rest.without(conflicts(rest)))).isEmpty();
    }

    /// 1,000 lines of 10 new series; every second one has a field more.
    private static String manyLines() {
        var text = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            text.append("m,t=").append((char) ('a' + i / 2 % 5)).append(",u=").append(i % 2);
            text.append(" f=").append(i).append(".25,h\\ h=").append(i).append('i');
            text.append(i % 2 == 0 ? ",g=7i " : " ").append(i).append('\n');
        }
        return text.toString();
    }

    /// The fast path has written the row already when it finds out.
    @Test
    void leavesNoRowOfARefusedLine() {
        decode("m,t=a f=1,g=2 1\n");
        DecodeResult result = decode("m,t=a f=1,g=2 1\nm,t=a f=9,g=x 2\nm,t=a g=3 3\n");
        assertThat(points(result))
                .containsExactly(
                        "m{t=a} f:float64=1.0 g:float64=2.0 @1", "m{t=a} g:float64=3.0 @3");
        assertThat(result.errorCount()).isEqualTo(1);
    }

    @Test
    void tellsWhichTimeFieldsItStripped() {
        DecodeResult result = decode("m f=1,time=2i 1\nk time=1,f=2,time=3 2\n");
        assertThat(points(result))
                .containsExactlyInAnyOrder("m{} f:float64=1.0 @1", "k{} f:float64=2.0 @2");
        assertThat(result.strippedTimeFields()).isEqualTo(3);
        assertThat(result.strippedTime()).isEqualTo(new StrippedTime(3, "m"));
        assertThat(decode("m f=1 1\n").strippedTime()).isEqualTo(StrippedTime.NONE);
    }

    @Test
    void sendsTheKeyOfANewSeriesOnceABatch() {
        DecodeResult first = decode("m,a=1,b=2 f=1 1\nm,a=1,b=2 f=2 2\nm,b=2,a=1 f=3 3\n");
        assertThat(rows(first)).hasSize(1);
        assertThat(rows(first).getFirst().newSeries()).hasSize(1);
        assertThat(rows(first).getFirst().rowCount()).isEqualTo(3);
        // The first batch is not written yet, so the shard still does not know the series.
        DecodeResult second = decode("m,a=1,b=2 f=4 4\nm,a=1,b=2 f=5 5\n");
        assertThat(rows(second).getFirst().newSeries()).hasSize(1);
        sink.write(first.points(), _ -> {});
        sink.write(second.points(), _ -> {});
        DecodeResult third = decode("m,a=1,b=2 f=6 6\nm,b=2,a=1 f=7 7\n");
        assertThat(rows(third).getFirst().newSeries()).isEmpty();
        assertThat(rows(third).getFirst().series()).startsWith(0, 0);
    }

    @Test
    void looksAKnownSeriesUpOnce() {
        write(decode("m,t=a f=1 1\n"));
        write(decode("m,t=a f=1 2\n"));
        int lookups = sink.lookups();
        write(decode("m,t=a f=1 3\nm,t=a f=1 4\n"));
        write(decode("m,t=a f=\"careful\" 5\nm,t=a f=1 6 \n"));
        assertThat(sink.lookups()).isEqualTo(lookups);
    }

    @Test
    void forgetsIdsAndTypesWhenTheDatabaseIsDropped() {
        write(decode("m,t=a f=1 1\nm,t=b f=1 1\n"));
        write(decode("m,t=b f=1 2\nm,t=a f=1 2\n"));
        sink.dropAll();
        DecodeResult result = decode("m,t=b f=1i 3\nm,t=b f=2i 4\n");
        assertThat(result.errors()).isEmpty();
        assertThat(points(result)).containsExactly("m{t=b} f:int64=1 @3", "m{t=b} f:int64=2 @4");
        assertThat(rows(result).getFirst().newSeries()).hasSize(1);
    }

    /// A connection has its ids from before; the next request looks them up anew.
    @Test
    void namesASeriesThatTheShardHasForgottenByItsKey() {
        write(decode("m,t=a f=1 1\nm,t=b f=1 1\n"));
        write(decode("m,t=b f=1 2\nm,t=a f=1 2\n"));
        SeriesKey forgotten = SeriesKey.of("m", Map.of("t", "a"));
        sink.forget(forgotten);
        DecodeResult result = decode("m,t=a f=1 3\nm,t=b f=1 3\nm,t=a f=1 4\n");
        List<SeriesKey> anew =
                rows(result).stream().flatMap(rows -> rows.newSeries().stream()).toList();
        assertThat(anew).containsExactly(forgotten);
        assertThat(points(result))
                .containsExactlyInAnyOrder(
                        "m{t=a} f:float64=1.0 @3",
                        "m{t=b} f:float64=1.0 @3",
                        "m{t=a} f:float64=1.0 @4");
    }

    @Test
    void keepsDatabasesApart() {
        for (int round = 0; round < 3; round++) {
            for (int database = 0; database < 6; database++) {
                decoder.begin("db" + database, Precision.NS, NOW, DecodeLimits.DEFAULT);
                feed(decoder, "m f=" + (database % 2 == 0 ? "1i" : "1.5") + " 1\n");
                DecodeResult result = decoder.end();
                assertThat(result.errors()).isEmpty();
                assertThat(batches(result))
                        .extracting(PointBatch::database)
                        .containsExactly("db" + database);
            }
        }
    }

    @Test
    void reusesReleasedBatchesAndNoOthers() {
        write(decode("m f=1,s=\"abc\",g=1 1\n"));
        DecodeResult first = decode("m f=1,s=\"abc\" 1\n");
        PointBatch batch = batches(first).getFirst();
        DecodeResult second = decode("m f=2 2\n");
        assertThat(batches(second).getFirst()).isNotSameAs(batch);
        assertThat(points(first)).containsExactly("m{} f:float64=1.0 s:string=\"abc\" @1");
        first.release();
        DecodeResult third = decode("m f=3 3\n");
        DecodeResult fourth = decode("m g=4 4\n");
        assertThat(Stream.of(third, fourth).flatMap(r -> batches(r).stream())).contains(batch);
        assertThat(points(third)).containsExactly("m{} f:float64=3.0 @3");
        assertThat(points(fourth)).containsExactly("m{} g:float64=4.0 @4");
    }

    @Test
    void givesTheHintOfDecimalPlaces() {
        DecodeResult result =
                decode("m a=1.25,b=1,c=1e3,d=0.12345678901234567 1\nm a=1.5,b=20.0,c=2.5,d=1 2\n");
        assertThat(rows(result).getFirst().columns())
                .extracting(FieldColumn::name, FieldColumn::decimals)
                .containsExactly(
                        tuple("a", 2),
                        tuple("b", 0),
                        tuple("c", 1),
                        tuple("d", FieldColumn.DECIMALS_UNKNOWN));
    }

    @Test
    void sharesOneServerTimeTruncatedToThePrecision() {
        decoder.begin("db", Precision.S, NOW, DecodeLimits.DEFAULT);
        feed(decoder, "m f=1\nm f=2\n");
        assertThat(decoder.pendingPoints()).isEqualTo(2);
        assertThat(points(decoder.take()))
                .containsExactly(
                        "m{} f:float64=1.0 @1700000000000000000",
                        "m{} f:float64=2.0 @1700000000000000000");
        decoder.serverTime(NOW + 5_000_000_000L);
        feed(decoder, "m f=3\nm f=4");
        assertThat(points(decoder.end()))
                .containsExactly(
                        "m{} f:float64=3.0 @1700000005000000000",
                        "m{} f:float64=4.0 @1700000005000000000");
    }

    @Test
    void dropsWhatAnUnfinishedRequestLeft() {
        begin(decoder);
        feed(decoder, "m f=1 1\nm f=\"unfinished");
        assertThat(points(decode("m f=2 2\n"))).containsExactly("m{} f:float64=2.0 @2");
    }

    @Test
    void takesNothingFromAnEmptyRequest() {
        for (String empty : List.of("", "\n", "\r\n\n   \n# comment\n  # comment", "#")) {
            DecodeResult result = decode(empty);
            assertThat(result.acceptedLines()).isZero();
            assertThat(result.errorCount()).isZero();
            assertThat(result.batches()).containsOnlyNulls();
        }
    }

    @Test
    void isUsedBetweenBeginAndEndOnly() {
        assertThatThrownBy(() -> feed(decoder, "m f=1\n"))
                .isInstanceOf(IllegalStateException.class);
        begin(decoder);
        decoder.end();
        assertThatThrownBy(decoder::take).isInstanceOf(IllegalStateException.class);
    }

    private DecodeResult decode(String text) {
        return decode(text, DecodeLimits.DEFAULT);
    }

    private DecodeResult decode(String text, DecodeLimits limits) {
        return inPieces(text, Integer.MAX_VALUE, limits);
    }

    private void write(DecodeResult result) {
        sink.write(result.points(), _ -> {});
        result.release();
    }

    private DecodeResult inPieces(String text, int pieceSize, DecodeLimits limits) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        decoder.begin("db", Precision.NS, NOW, limits);
        for (int at = 0; at < bytes.length; ) {
            int end = (int) Math.min((long) at + pieceSize, bytes.length);
            decoder.decode(bytes, at, end);
            at = end;
        }
        return decoder.end();
    }

    private static void begin(LineDecoder target) {
        target.begin("db", Precision.NS, NOW, DecodeLimits.DEFAULT);
    }

    private static void feed(LineDecoder target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        target.decode(bytes, 0, bytes.length);
    }

    private List<String> points(DecodeResult result) {
        return sink.describe(result.batches());
    }

    private static List<PointBatch> batches(DecodeResult result) {
        return Stream.of(result.batches()).filter(Objects::nonNull).toList();
    }

    private static List<MeasurementRows> rows(DecodeResult result) {
        return batches(result).stream().flatMap(batch -> batch.measurements().stream()).toList();
    }
}
