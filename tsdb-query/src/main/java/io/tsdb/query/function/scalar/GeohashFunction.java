package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

import java.util.List;
import java.util.Optional;

/// `geohash(lat, lon, length)`: the cell of a geohash that a place lies in, so many characters of
/// five bits each, which halve longitude and latitude in turns.
public final class GeohashFunction implements ScalarFunction {
    private static final String DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz";
    private static final int BITS_PER_DIGIT = 5;
    private static final int LENGTH_MAX = 12;
    private static final double LATITUDE_MAX = 90;
    private static final double LONGITUDE_MAX = 180;

    private static final List<ColumnType> TYPES =
            List.of(ColumnType.FLOAT64, ColumnType.FLOAT64, ColumnType.INT64);

    @Override
    public String name() {
        return "geohash";
    }

    @Override
    public String usage() {
        return "geohash(latitude, longitude, length)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.size() == TYPES.size()
                        && arguments.get(0).isNumeric()
                        && arguments.get(1).isNumeric()
                        && arguments.get(2) == ColumnType.INT64;
        return fits ? Optional.of(new ScalarSignature(TYPES, ColumnType.STRING)) : Optional.empty();
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        TextRows.fill(
                rowCount,
                result,
                row ->
                        cell(
                                arguments[0].doubles()[row],
                                arguments[1].doubles()[row],
                                arguments[2].longs()[row],
                                site));
    }

    private static String cell(double latitude, double longitude, long length, CallSite site) {
        boolean isPlace =
                Math.abs(latitude) <= LATITUDE_MAX && Math.abs(longitude) <= LONGITUDE_MAX;
        if (!isPlace) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE,
                    "no place lies at latitude " + latitude + ", longitude " + longitude);
        }
        if (length < 1 || length > LENGTH_MAX) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE,
                    "a geohash has 1 to " + LENGTH_MAX + " characters, not " + length);
        }
        site.reserveText(length);
        double south = -LATITUDE_MAX;
        double north = LATITUDE_MAX;
        double west = -LONGITUDE_MAX;
        double east = LONGITUDE_MAX;
        var cell = new StringBuilder();
        int digit = 0;
        for (int bit = 0; bit < length * BITS_PER_DIGIT; bit++) {
            double middle = bit % 2 == 0 ? (west + east) / 2 : (south + north) / 2;
            boolean isUpper = (bit % 2 == 0 ? longitude : latitude) >= middle;
            if (bit % 2 == 0) {
                west = isUpper ? middle : west;
                east = isUpper ? east : middle;
            } else {
                south = isUpper ? middle : south;
                north = isUpper ? north : middle;
            }
            digit = digit << 1 | (isUpper ? 1 : 0);
            if (bit % BITS_PER_DIGIT == BITS_PER_DIGIT - 1) {
                cell.append(DIGITS.charAt(digit));
                digit = 0;
            }
        }
        return cell.toString();
    }
}
