package io.tsdb.query.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.Session;
import io.tsdb.query.exec.TestEngines;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;

import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;

/// Times in a session with a time zone, as DuckDB has them after `SET TimeZone`: those of
/// `timestamptz` in PostgreSQL. Texts are times of the day that no clock skips or shows twice.
class SessionZoneDuckDbOracleTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);
    private static final int CASES = 100;
    private static final List<String> ZONES =
            List.of(
                    "Europe/Berlin",
                    "America/New_York",
                    "Asia/Kolkata",
                    "America/St_Johns",
                    "Pacific/Auckland");

    private final Random random = new Random(SEED);

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    /// Of the years in which the tables of time zones are the same everywhere.
    private String time() {
        LocalDateTime time =
                LocalDateTime.of(1990, 1, 1, 4, 0)
                        .plusDays(random.nextInt(12_000))
                        .plusSeconds(random.nextInt(19 * 3_600));
        return "'" + time + "'";
    }

    private String[] expression() {
        String time = "TIMESTAMPTZ " + time();
        String ours = time.replace("TIMESTAMPTZ", "TIMESTAMP");
        String unit = one("second", "minute", "hour", "day", "week", "month", "quarter", "year");
        return switch (random.nextInt(6)) {
            case 0 -> {
                String call = "epoch_us(date_trunc('" + unit + "', %s))";
                yield new String[] {call.formatted(ours), call.formatted(time)};
            }
            case 1 -> {
                String part = one("year", "month", "day", "hour", "minute", "dow", "doy", "week");
                String call = "extract(" + part + " FROM %s)";
                yield new String[] {call.formatted(ours), call.formatted(time)};
            }
            case 2 -> {
                String width = one("1 day", "7 days", "1 month", "3 months");
                String call = "epoch_us(time_bucket(INTERVAL '" + width + "', %s";
                String last = ", '" + zone + "'))";
                yield new String[] {call.formatted(ours) + "))", call.formatted(time) + last};
            }
            case 3 -> {
                String call = "epoch_us(%s " + one("+", "-") + " INTERVAL '%d months')";
                int months = random.nextInt(40);
                yield new String[] {call.formatted(ours, months), call.formatted(time, months)};
            }
            case 4 -> {
                String other = one("UTC", "Asia/Tokyo", "America/Los_Angeles");
                String call = "extract(hour FROM %s AT TIME ZONE '" + other + "')";
                yield new String[] {call.formatted(ours), call.formatted(time)};
            }
            default ->
                    new String[] {
                        "CAST(to_char(" + ours + ", 'YYYYMMDDHH24MISS') AS int64)",
                        "CAST(strftime(" + time + ", '%Y%m%d%H%M%S') AS BIGINT)"
                    };
        };
    }

    private String zone = "UTC";

    @Test
    void timesAsDuckDbHasThem() throws Exception {
        TestEngines.Setup setup = TestEngines.of(List.of(), 1, new Layout(1, 64, true));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            for (String name : ZONES) {
                zone = name;
                statement.execute("SET TimeZone = '" + zone + "'");
                Session session = Session.of(TestEngines.DATABASE).withTimeZone(ZoneId.of(zone));
                for (int i = 0; i < CASES; i++) {
                    String[] both = expression();
                    try (ResultSet rows = statement.executeQuery("SELECT " + both[1])) {
                        rows.next();
                        Object ours =
                                ResultRows.of(setup.engine().execute("SELECT " + both[0], session))
                                        .getFirst()
                                        .getFirst();
                        assertThat(ours)
                                .as("%s in %s, seed %s", both[0], zone, SEED)
                                .isEqualTo(rows.getLong(1));
                    }
                }
            }
        }
    }
}
