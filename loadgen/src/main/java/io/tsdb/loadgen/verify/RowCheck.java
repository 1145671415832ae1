package io.tsdb.loadgen.verify;

import io.tsdb.loadgen.wire.RowSink;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.wire.SqlRow;
import io.tsdb.loadgen.workload.FieldSpec;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workload;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Holds each row of an answer against what is expected of its point.
final class RowCheck implements RowSink {
    private final StreamConfig config;
    private final Workload workload;
    private final MeasurementSpec spec;
    private final SqlDialect dialect;
    private final Window window;
    private final Tally tally;
    private final Map<String, Integer> devices;
    private final int[] tagColumns;
    private final int[] fieldColumns;
    private int timeColumn;

    /// @param devices device of each text of the id tag
    RowCheck(
            StreamConfig config,
            Workload workload,
            MeasurementSpec spec,
            SqlDialect dialect,
            Window window,
            Tally tally,
            Map<String, Integer> devices) {
        this.config = config;
        this.workload = workload;
        this.spec = spec;
        this.dialect = dialect;
        this.window = window;
        this.tally = tally;
        this.devices = devices;
        tagColumns = new int[spec.tags().size()];
        fieldColumns = new int[spec.fields().size()];
    }

    @Override
    public void columns(List<String> names) {
        Map<String, Integer> positions = new HashMap<>();
        for (int c = 0; c < names.size(); c++) {
            positions.put(names.get(c), c);
        }
        timeColumn = positions.getOrDefault(dialect.timeColumn(), -1);
        Arrays.setAll(tagColumns, t -> positions.getOrDefault(spec.tags().get(t).key(), -1));
        Arrays.setAll(fieldColumns, f -> positions.getOrDefault(spec.fields().get(f).name(), -1));
        if (timeColumn < 0 || tagColumns[0] < 0) {
            throw new IllegalStateException(
                    "columns "
                            + names
                            + " hold no "
                            + dialect.timeColumn()
                            + " or no "
                            + spec.idTag()
                            + ": rows cannot be told apart");
        }
    }

    @Override
    public void row(SqlRow row) {
        tally.rows++;
        Integer device = devices.get(row.text(tagColumns[0]));
        long nanos = row.timeNanos(timeColumn);
        long step =
                Math.floorDiv(
                        nanos - config.startNanos() + config.intervalNanos() / 2,
                        config.intervalNanos());
        int point = device == null || step < 0 ? -1 : window.index(device, step);
        if (device == null
                || point < 0
                || nanos != workload.timestampNanos(config, device, step)
                || window.state(point) == Window.NEVER) {
            tally.add(Tally.Finding.INVENTED, spec.name() + " row " + row + ": nobody sent it");
            return;
        }
        if (window.see(point)) {
            tally.add(Tally.Finding.INVENTED, spec.name() + " row " + row + ": stands there twice");
            return;
        }
        if (window.state(point) == Window.MUST) {
            tally.found++;
        } else {
            tally.unanswered++;
        }
        checkTags(row, device, step, point);
        checkFields(row, point);
    }

    private void checkTags(SqlRow row, int device, long step, int point) {
        for (int t = 0; t < tagColumns.length; t++) {
            String expected =
                    t == window.zeroTag(point)
                            ? "null"
                            : spec.tags()
                                    .get(t)
                                    .values()
                                    .of(
                                            config.seed(),
                                            device,
                                            workload.generation(config.seed(), device, step));
            String found = tagColumns[t] < 0 ? "null" : row.text(tagColumns[t]);
            if (!found.equals(expected) && !(expected.equals("null") && found.isEmpty())) {
                tally.add(
                        Tally.Finding.DIFFERENT,
                        spec.name()
                                + " row "
                                + row
                                + ": tag "
                                + spec.tags().get(t).key()
                                + " must be "
                                + expected);
                return;
            }
        }
    }

    private void checkFields(SqlRow row, int point) {
        for (int f = 0; f < fieldColumns.length; f++) {
            boolean absent = fieldColumns[f] < 0 || row.isNull(fieldColumns[f]);
            boolean right =
                    absent ? window.mayLack(point, f) : isRight(row, fieldColumns[f], point, f);
            if (!right) {
                tally.add(
                        Tally.Finding.DIFFERENT,
                        spec.name()
                                + " row "
                                + row
                                + ": "
                                + spec.fields().get(f).name()
                                + " must be "
                                + window.expected(point, f));
                return;
            }
        }
    }

    private boolean isRight(SqlRow row, int column, int point, int f) {
        FieldSpec field = spec.fields().get(f);
        return switch (field.type()) {
            case INTEGER ->
                    row.kind(column) == SqlRow.Kind.INTEGER
                            && window.allows(point, f, row.integer(column));
            case DECIMAL -> isRightDecimal(row, column, point, f, field);
            case BOOLEAN ->
                    row.kind(column) == SqlRow.Kind.BOOLEAN
                            && window.allows(point, f, row.integer(column));
            case STRING -> {
                int state = field.states().indexOf(row.text(column));
                yield state >= 0 && window.allows(point, f, state);
            }
        };
    }

    /// Equal to the bit: the nearest mantissa is looked up, and its double must be the one that was
    /// read.
    private boolean isRightDecimal(SqlRow row, int column, int point, int f, FieldSpec field) {
        if (row.kind(column) != SqlRow.Kind.FLOAT && row.kind(column) != SqlRow.Kind.INTEGER) {
            return false;
        }
        double number = row.number(column);
        long mantissa = Math.round(number * Math.pow(10, field.decimals()));
        return Double.doubleToLongBits(field.decimalValue(mantissa))
                        == Double.doubleToLongBits(number)
                && window.allows(point, f, mantissa);
    }
}
