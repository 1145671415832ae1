package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `haversine(lat1, lon1, lat2, lon2)`: metres between two places, degrees given, on a sphere of
/// 6,371,008.8 m.
public final class HaversineFunction implements ScalarFunction {
    private static final double EARTH_RADIUS_METRES = 6_371_008.8;

    @Override
    public String name() {
        return "haversine";
    }

    @Override
    public String usage() {
        return "haversine(latitude, longitude, latitude, longitude)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 4 && arguments.stream().allMatch(ColumnType::isNumeric)
                ? Optional.of(
                        new ScalarSignature(
                                arguments.stream().map(_ -> ColumnType.FLOAT64).toList(),
                                ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        for (int i = 0; i < rowCount; i++) {
            result.doubles()[i] =
                    metres(
                            Math.toRadians(arguments[0].doubles()[i]),
                            Math.toRadians(arguments[1].doubles()[i]),
                            Math.toRadians(arguments[2].doubles()[i]),
                            Math.toRadians(arguments[3].doubles()[i]));
        }
    }

    private static double metres(double lat1, double lon1, double lat2, double lon2) {
        double up = StrictMath.sin((lat2 - lat1) / 2);
        double across = StrictMath.sin((lon2 - lon1) / 2);
        double share = up * up + StrictMath.cos(lat1) * StrictMath.cos(lat2) * across * across;
        return 2 * EARTH_RADIUS_METRES * StrictMath.asin(StrictMath.sqrt(Math.min(1, share)));
    }
}
