package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.query.QueryReport;
import io.tsdb.loadgen.report.TextTable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// A comparison as one table: medians over the rounds, and beside each peer's figure how many times
/// better tsdb's is in the same run.
public final class CompareTable {
    private static final String REFERENCE = "tsdb";

    private final Map<String, List<PeerFigures>> peers = new LinkedHashMap<>();
    private final CompareReport report;

    public CompareTable(CompareReport report) {
        this.report = report;
        for (PeerFigures round : report.rounds()) {
            if (round.failure().isEmpty()) {
                peers.computeIfAbsent(round.peer(), _ -> new ArrayList<>()).add(round);
            }
        }
    }

    /// The table with what surrounds it.
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(report.date()).append(", ").append(report.machine()).append('\n');
        text.append("commit ")
                .append(report.commit().isEmpty() ? "(none)" : report.commit())
                .append(", ")
                .append(report.command())
                .append('\n');
        text.append(report.data()).append("\n\n");
        List<String> header = new ArrayList<>(List.of("median of " + rounds() + " rounds"));
        header.addAll(peers.keySet());
        TextTable table = new TextTable(header.toArray(String[]::new));
        List<String> durability = new ArrayList<>(List.of("an ack means"));
        peers.values().forEach(rounds -> durability.add(rounds.getFirst().durability()));
        table.row(durability.toArray(String[]::new));
        row(table, "lines/s acknowledged", "%,.0f", true, PeerFigures::linesPerSecond);
        row(
                table,
                "lines/s visible",
                "%,.0f",
                true,
                f -> f.visibleSeconds() < 0 ? Double.NaN : f.expected() / f.visibleSeconds());
        row(table, "batch p50 ms", "%.1f", false, f -> f.load().latency().p50());
        row(table, "batch p99 ms", "%.1f", false, f -> f.load().latency().p99());
        row(table, "batch max ms", "%.1f", false, f -> f.load().latency().max());
        row(
                table,
                "server CPU s per M lines",
                "%.2f",
                false,
                PeerFigures::cpuSecondsPerMillionLines);
        row(
                table,
                "peak RSS MiB",
                "%,.0f",
                false,
                f -> f.peakMemoryBytes() < 0 ? Double.NaN : f.peakMemoryBytes() / 1048576.0);
        row(table, "bytes per value on disk", "%.2f", false, PeerFigures::bytesPerValue);
        row(table, "start on an empty directory s", "%.2f", false, PeerFigures::readySeconds);
        for (String type : types()) {
            row(table, type + " p50 ms", "%.2f", false, f -> latency(f, type, false));
            row(table, type + " p95 ms", "%.2f", false, f -> latency(f, type, true));
        }
        text.append(table.text());
        if (peers.containsKey(REFERENCE)) {
            text.append(
                    "(1.50x) beside a figure: tsdb's is 1.5 times better in the same run; below 1"
                            + " it is worse.\n");
        }
        remarks().forEach(remark -> text.append(remark).append('\n'));
        return text.toString();
    }

    private long rounds() {
        return peers.values().stream().mapToInt(List::size).max().orElse(0);
    }

    private Set<String> types() {
        Set<String> types = new LinkedHashSet<>();
        for (PeerFigures round : report.rounds()) {
            round.queries().stream().filter(q -> q.runs() > 0).forEach(q -> types.add(q.type()));
        }
        return types;
    }

    private static double latency(PeerFigures figures, String type, boolean p95) {
        for (QueryReport query : figures.queries()) {
            if (query.type().equals(type) && query.runs() > 0 && query.errors() == 0) {
                return p95 ? query.latency().p95() : query.latency().p50();
            }
        }
        return Double.NaN;
    }

    private void row(
            TextTable table,
            String name,
            String format,
            boolean moreIsBetter,
            ToDoubleFunction<PeerFigures> figure) {
        double reference =
                peers.containsKey(REFERENCE) ? median(peers.get(REFERENCE), figure) : Double.NaN;
        List<String> cells = new ArrayList<>(List.of(name));
        for (Map.Entry<String, List<PeerFigures>> peer : peers.entrySet()) {
            double value = median(peer.getValue(), figure);
            if (Double.isNaN(value)) {
                cells.add("-");
                continue;
            }
            String cell = String.format(Locale.ROOT, format, value);
            double ratio = moreIsBetter ? reference / value : value / reference;
            boolean comparable = !peer.getKey().equals(REFERENCE) && Double.isFinite(ratio);
            cells.add(comparable ? String.format(Locale.ROOT, "%s (%.2fx)", cell, ratio) : cell);
        }
        table.row(cells.toArray(String[]::new));
    }

    private static double median(List<PeerFigures> rounds, ToDoubleFunction<PeerFigures> figure) {
        double[] values =
                rounds.stream()
                        .mapToDouble(figure)
                        .filter(v -> !Double.isNaN(v))
                        .sorted()
                        .toArray();
        return values.length == 0 ? Double.NaN : values[(values.length - 1) / 2];
    }

    private Set<String> remarks() {
        Set<String> remarks = new LinkedHashSet<>();
        report.missing().forEach((peer, why) -> remarks.add("missing: " + peer + ": " + why));
        for (PeerFigures round : report.rounds()) {
            if (!round.failure().isEmpty()) {
                remarks.add("left out: " + round.peer() + ": " + round.failure());
            }
            if (round.counted() < round.expected()) {
                remarks.add(
                        round.peer()
                                + ": only "
                                + round.counted()
                                + " of "
                                + round.expected()
                                + " lines could be counted");
            }
            for (QueryReport query : round.queries()) {
                if (!query.remark().isEmpty()) {
                    remarks.add(round.peer() + ": " + query.type() + ": " + query.remark());
                }
            }
        }
        return remarks;
    }
}
