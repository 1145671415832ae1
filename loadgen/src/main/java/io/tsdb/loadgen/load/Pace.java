package io.tsdb.loadgen.load;

/// How fast: as fast as answers come (closed loop), a number of lines a second, or a multiple of
/// the data's own time.
///
/// @param linesPerSecond over all lanes; 0 for no such limit
/// @param speed data seconds per second; 0 for no such limit
public record Pace(double linesPerSecond, double speed) {
    public static final Pace CLOSED_LOOP = new Pace(0, 0);

    public Pace {
        if (linesPerSecond < 0 || speed < 0 || (linesPerSecond > 0 && speed > 0)) {
            throw new IllegalArgumentException(
                    "rate=" + linesPerSecond + ", speed=" + speed + ": give one of them, above 0");
        }
    }

    /// Whether batches have due times.
    public boolean isOpenLoop() {
        return linesPerSecond > 0 || speed > 0;
    }
}
