package io.tsdb.query.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.aggregate.DistinctAggregate;
import io.tsdb.query.function.aggregate.PercentileContAggregate;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The bytes are those of the page and of the golden files, which are never edited again.
class WireFormatSpecTest {
    private static final Path PAGE = Path.of("docs/format/plan.md");
    private static final Path GOLDEN = Path.of("src/test/resources/format/plan/v1");
    private static final Position AT = new Position(1, 8);

    private static final BoundExpression.Tag HOST = new BoundExpression.Tag("host", AT);
    private static final BoundExpression.Field USAGE =
            new BoundExpression.Field("usage", ColumnType.FLOAT64, AT);

    /// The fragment of the page: `SELECT host, usage FROM cpu WHERE host = 'a' LIMIT 3`.
    static Fragment rows() {
        return new Fragment.Rows(scan(), List.of(HOST, USAGE), List.of(), 3);
    }

    private static ScanSpec scan() {
        return new ScanSpec(
                "db",
                "cpu",
                new TimeRange(0, 1_000_000_000),
                new BoundExpression.Comparison(
                        ComparisonOperator.EQUAL,
                        HOST,
                        new BoundExpression.Constant(ColumnType.STRING, "a")),
                null);
    }

    /// Functions with constants, DISTINCT, a time zone, a text that no byte holds.
    static Fragment groups() {
        var bucket =
                new BoundExpression.Bucket(
                        new TimeGrid(1, 0, 5, new WallClock(ZoneId.of("Europe/Berlin"))),
                        new BoundExpression.Time(AT));
        var percentile =
                new DistinctAggregate(
                        ((PercentileContAggregate)
                                        Functions.aggregate("percentile_cont").orElseThrow())
                                .withShare(0.95));
        return new Fragment.Groups(
                new ScanSpec(
                        "db",
                        "m\u00e9t\u2603",
                        TimeRange.ALL,
                        null,
                        new BoundExpression.InList(
                                USAGE,
                                List.of(
                                        new BoundExpression.Constant(
                                                ColumnType.FLOAT64, Double.NaN),
                                        new BoundExpression.Constant(ColumnType.FLOAT64, null)),
                                true)),
                List.of(bucket, HOST),
                List.of(
                        new BoundExpression.Aggregate(
                                percentile,
                                USAGE,
                                ColumnType.FLOAT64,
                                new io.tsdb.query.analysis.Place(AT))),
                new Fragment.OuterBuckets(
                        TimeGrid.of(io.tsdb.query.sql.Interval.parse("1h").orElseThrow()), 5, true),
                true);
    }

    static Plan plan() {
        var left = new BoundExpression.Input(0, ColumnType.STRING, "a.host");
        return new Plan.Limit(
                new Plan.Sort(
                        new Plan.Join(
                                new Plan.Gather(rows()),
                                new Plan.Values(
                                        List.of(ColumnType.STRING),
                                        List.of(
                                                List.of(
                                                        new BoundExpression.Constant(
                                                                ColumnType.STRING, "a")))),
                                JoinKind.LEFT,
                                List.of(new Plan.JoinKey(left, left)),
                                null),
                        List.of(new SortKey(1, true, false)),
                        10),
                10,
                2);
    }

    /// Three rows: a text, a number with a null, a bool.
    static ColumnBatch batch() {
        var batch = new ColumnBatch(List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.BOOL));
        batch.column(0).setDictionary(new String[] {"unused", "a", "b"}, 3);
        batch.column(0).ids()[0] = 2;
        batch.column(0).ids()[1] = 1;
        batch.column(0).ids()[2] = 2;
        batch.column(1).longs()[0] = -1;
        batch.column(1).longs()[1] = 99;
        batch.column(1).longs()[2] = 7;
        batch.column(1).setNull(1);
        batch.column(2).longs()[0] = 1;
        batch.column(2).longs()[2] = 1;
        batch.setRowCount(3);
        return batch;
    }

    static byte[] bytes(String name) {
        return switch (name) {
            case "rows" -> PlanWriter.toBytes(rows());
            case "groups" -> PlanWriter.toBytes(groups());
            case "plan" -> PlanWriter.toBytes(plan());
            case "batch" -> new BatchWriter().toBytes(batch());
            case "counts" -> CountsForm.toBytes(3, 1_000, 2, 0, 1, 8_192);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static byte[] golden(String name) throws IOException {
        String hex = Files.readString(GOLDEN.resolve(name + ".hex"));
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "groups", "plan", "batch", "counts"})
    void writesTheBytesOfTheGoldenFile(String name) throws IOException {
        assertThat(HexFormat.of().formatHex(bytes(name)))
                .isEqualTo(HexFormat.of().formatHex(golden(name)));
    }

    @Test
    void readsTheGoldenFiles() throws IOException {
        assertThat(PlanReader.fragment(golden("rows"))).isEqualTo(rows());
        assertThat(PlanReader.fragment(golden("groups"))).isEqualTo(groups());
        assertThat(PlanReader.plan(golden("plan"))).isEqualTo(plan());
        var read = new ColumnBatch(List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.BOOL));
        BatchReader.read(golden("batch"), read);
        assertThat(read.rowCount()).isEqualTo(3);
        assertThat(List.of(read.column(0).string(0), read.column(0).string(1)))
                .containsExactly("b", "a");
        assertThat(read.column(1).longs()).startsWith(-1, 0, 7);
        assertThat(read.column(1).isPresent(1)).isFalse();
        assertThat(read.column(1).isPresent(2)).isTrue();
        assertThat(read.column(2).longs()).startsWith(1, 0, 1);
        assertThat(CountsForm.read(golden("counts"))).containsExactly(3, 1_000, 2, 0, 1, 8_192);
    }

    /// The hex examples of the page.
    @Test
    void thePageShowsTheBytes() throws IOException {
        Matcher examples =
                Pattern.compile("```hex (\\w+)\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE));
        int count = 0;
        while (examples.find()) {
            String hex = examples.group(2).replaceAll("#[^\n]*", "").replaceAll("\\s", "");
            assertThat(hex).isEqualTo(HexFormat.of().formatHex(bytes(examples.group(1))));
            count++;
        }
        assertThat(count).isEqualTo(3);
    }

    @Test
    void refusesAnotherVersionByBothNumbers() {
        byte[] bytes = bytes("rows");
        bytes[WireLayout.VERSION_OFFSET] = 2;
        assertThatThrownBy(() -> PlanReader.fragment(bytes))
                .isInstanceOf(WireException.class)
                .hasMessage("at byte 4: the form has version 2, this node reads version 1");
    }

    @Test
    void refusesAnotherVersionOfAFunction() {
        byte[] bytes = bytes("groups");
        String name = "percentile_cont";
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(name);
        bytes[at + name.length()] = 3;
        assertThatThrownBy(() -> PlanReader.fragment(bytes))
                .hasMessageContaining(
                        "the plan has function 'percentile_cont' in version 3, this node has"
                                + " version 1");
        bytes[at] = 'q';
        assertThatThrownBy(() -> PlanReader.fragment(bytes))
                .hasMessageContaining("this node has no function 'qercentile_cont'");
    }

    @Test
    void refusesAPlanForAFragment() {
        assertThatThrownBy(() -> PlanReader.plan(bytes("rows")))
                .isInstanceOf(WireException.class)
                .hasMessage("at byte 5: a thing of kind 1 is wanted, not 2");
    }
}
