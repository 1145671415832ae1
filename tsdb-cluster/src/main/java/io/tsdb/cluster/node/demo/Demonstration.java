package io.tsdb.cluster.node.demo;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.cluster.node.client.TextTable;
import io.tsdb.cluster.node.config.SizeText;
import io.tsdb.cluster.node.server.Node;
import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What `tsdb demo` shows of a node and its fleet: a line that lives, then three queries. One
/// thread.
public final class Demonstration {
    /// Where the fleet's lines go.
    public static final String DATABASE = "demo";

    private static final long LOOK_EVERY_MILLIS = 500;
    private static final long FIRST_POINTS_NANOS = 60_000_000_000L;
    private static final int FIELDS_PER_POINT = 7;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<String> QUERIES =
            List.of(
                    """
                    SELECT depot, count(*) AS points, avg(speed) AS avg_speed, max(speed) AS max_speed,
                           avg(cargo_temperature) AS avg_cargo
                    FROM truck WHERE time >= now() - interval '1 hour'
                    GROUP BY depot ORDER BY depot\
                    """,
                    """
                    SELECT time_bucket('4h', time) AS from_time, count(*) AS points,
                           count(distinct device) AS trucks, avg(fuel) AS avg_fuel
                    FROM truck GROUP BY 1 ORDER BY 1\
                    """,
                    """
                    SELECT device, depot, time, fuel, speed
                    FROM truck LATEST BY device ORDER BY fuel LIMIT 5\
                    """);

    private final Node node;
    private final FleetFeed feed;
    private final Path data;
    private final PrintWriter out;
    private final boolean terminal;
    private final CountDownLatch stop;
    private final Ticker ticker;
    private final long startedNanos;
    private long lastPoints;
    private long lastNanos;

    /// @param terminal whether a line may be written over
    /// @param stop ends the watching
    public Demonstration(
            Node node,
            FleetFeed feed,
            Path data,
            PrintWriter out,
            boolean terminal,
            CountDownLatch stop,
            Ticker ticker) {
        this.node = node;
        this.feed = feed;
        this.data = data;
        this.out = out;
        this.terminal = terminal;
        this.stop = stop;
        this.ticker = ticker;
        this.startedNanos = ticker.nanos();
        this.lastNanos = startedNanos;
    }

    /// Shows the live line until the node has written the story up to the present, or the time is
    /// over and there is something to ask for.
    public void watchUntilPresent(Duration limit) throws IOException, InterruptedException {
        long deadline = ticker.nanos() + limit.toNanos();
        long latest = ticker.nanos() + FIRST_POINTS_NANOS;
        boolean over = false;
        while (!over && stop.getCount() > 0) {
            boolean told = feed.awaitPresent(pause(deadline));
            show();
            long now = ticker.nanos();
            boolean written = told && lastPoints >= feed.historyPointCount();
            over = written || now >= deadline && (lastPoints > 0 || now >= latest);
            if (told && !over) {
                stop.await(pause(deadline), TimeUnit.MILLISECONDS);
            }
        }
        endLine();
    }

    /// Shows the live line for a while, or until it is stopped.
    public void watch(Duration time) throws IOException, InterruptedException {
        long deadline = ticker.nanos() + time.toNanos();
        while (ticker.nanos() < deadline && !stop.await(pause(deadline), TimeUnit.MILLISECONDS)) {
            show();
        }
        endLine();
    }

    private long pause(long deadlineNanos) {
        long left = (deadlineNanos - ticker.nanos()) / 1_000_000;
        return left <= 0 ? LOOK_EVERY_MILLIS : Math.min(left + 1, LOOK_EVERY_MILLIS);
    }

    private void show() throws IOException {
        long now = ticker.nanos();
        long points = node.counters().linesWritten.sum();
        double perSecond = (points - lastPoints) * NANOS_PER_SECOND / Math.max(1, now - lastNanos);
        lastPoints = points;
        lastNanos = now;
        String line =
                String.format(
                        Locale.ROOT,
                        "%6.1f s  %,12d points  %,11.0f points/s  %,d series  %s on disk",
                        (now - startedNanos) / NANOS_PER_SECOND,
                        points,
                        perSecond,
                        node.seriesCount(),
                        SizeText.format(DiskUse.of(data).totalBytes()));
        if (terminal) {
            out.print("\r" + line + "    ");
        } else {
            out.println(line);
        }
        out.flush();
    }

    private void endLine() {
        if (terminal) {
            out.println();
        }
        out.flush();
    }

    /// Has everything written to parts, and says how large they are.
    public void showParts() throws IOException {
        node.flush();
        long rows = node.partRowCount();
        long bytes = DiskUse.of(data).partBytes();
        out.printf(
                Locale.ROOT,
                "%nFlushed to Parquet: %,d points in %s, %.2f bytes per value.%n",
                rows,
                SizeText.format(bytes),
                bytes / (double) Math.max(1, rows * FIELDS_PER_POINT));
        out.flush();
    }

    /// Runs the three queries over HTTP, as anybody would.
    ///
    /// @throws IOException when the node does not answer them: then it is broken
    public void showQueries() throws IOException, InterruptedException {
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            for (String sql : QUERIES) {
                out.println();
                out.println(sql + ";");
                out.println();
                out.print(TextTable.of(ask(client, sql)));
            }
        }
        out.flush();
    }

    /// Ends the story and counts: every point that was sent must be there.
    ///
    /// @return whether they are
    public boolean countAll() throws IOException, InterruptedException {
        feed.finish();
        String stored;
        try (var client = new SqlClient(node.url(), Optional.empty())) {
            SqlAnswer answer = ask(client, "SELECT count(*) AS points FROM truck");
            stored = answer.rows().getFirst().getFirst();
        }
        long sent = feed.pointCount();
        out.printf(
                Locale.ROOT,
                "%nSent %,d points, %,d of them late; count(*) says %,d.%n",
                sent,
                feed.lateCount(),
                Long.parseLong(stored));
        out.flush();
        return Long.parseLong(stored) == sent;
    }

    private static SqlAnswer ask(SqlClient client, String sql)
            throws IOException, InterruptedException {
        try {
            return client.query(DATABASE, sql);
        } catch (SqlRefusedException e) {
            throw new IOException("the node refused: " + sql + ": " + e.getMessage(), e);
        }
    }
}
