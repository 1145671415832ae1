package io.tsdb.query.function.scalar;

import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/// Time zones by name.
public final class TimeZones {
    private static final List<String> NAMES =
            ZoneId.getAvailableZoneIds().stream().sorted().toList();

    private TimeZones() {}

    /// @param name of the tz database, in any letter case, or an offset
    /// @throws QueryException `invalid_value` when there is none
    public static WallClock clock(String name, Position position) {
        for (String known : NAMES) {
            if (known.equalsIgnoreCase(name)) {
                return new WallClock(ZoneId.of(known));
            }
        }
        try {
            return new WallClock(ZoneId.of(name));
        } catch (DateTimeException _) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "'"
                            + name
                            + "' is no time zone; expected a name such as 'Europe/Berlin' or an"
                            + " offset such as '+01:00'"
                            + NearestName.hint(name, NAMES));
        }
    }
}
