package io.tsdb.loadgen.workload;

import java.util.List;

/// One field: its type on the wire and how its value moves from step to step.
///
/// A value is a `long`: the number itself for [Type#INTEGER], mantissa of a decimal with
/// [#decimals] places for [Type#DECIMAL], 0 or 1 for [Type#BOOLEAN], index into [#states] for
/// [Type#STRING]. Movement parameters are in units of that long.
///
/// @param decimals places after the point of a [Type#DECIMAL], else 0
/// @param low smallest value, inclusive
/// @param high largest value, inclusive
/// @param startLow first value is drawn from `[startLow, startHigh]`
/// @param mean mean of one step of a walk
/// @param sigma standard deviation of one step of a walk
/// @param changeChance chance of a jump ([Motion#JUMP]) or a reset to `low` ([Motion#COUNTER]) at a
///   step
/// @param states texts of a [Type#STRING], else empty
public record FieldSpec(
        String name,
        Type type,
        Motion motion,
        int decimals,
        long low,
        long high,
        long startLow,
        long startHigh,
        double mean,
        double sigma,
        double changeChance,
        List<String> states) {

    /// Type on the wire.
    public enum Type {
        INTEGER,
        DECIMAL,
        BOOLEAN,
        STRING
    }

    /// How the value moves.
    public enum Motion {
        /// Random walk, clamped to `[low, high]`.
        WALK,
        /// Falls to `low`, then starts at `high` again (a tank).
        DRAIN,
        /// Grows; starts again at `low` past `high` or by chance (a counter with restarts).
        COUNTER,
        /// Stays, and by chance jumps to any value of `[low, high]`.
        JUMP
    }

    public FieldSpec {
        if (low > high || startLow > startHigh || startLow < low || startHigh > high) {
            throw new IllegalArgumentException(
                    "field "
                            + name
                            + ": range "
                            + low
                            + ".."
                            + high
                            + ", start "
                            + startLow
                            + ".."
                            + startHigh);
        }
    }

    /// Integer random walk.
    public static FieldSpec walk(
            String name,
            long low,
            long high,
            long startLow,
            long startHigh,
            double mean,
            double sigma) {
        return new FieldSpec(
                name,
                Type.INTEGER,
                Motion.WALK,
                0,
                low,
                high,
                startLow,
                startHigh,
                mean,
                sigma,
                0,
                List.of());
    }

    /// Decimal random walk; bounds and movement in natural units, stored with `decimals` places.
    public static FieldSpec decimal(
            String name,
            int decimals,
            double low,
            double high,
            double startLow,
            double startHigh,
            double sigma) {
        double unit = Math.pow(10, decimals);
        return new FieldSpec(
                name,
                Type.DECIMAL,
                Motion.WALK,
                decimals,
                Math.round(low * unit),
                Math.round(high * unit),
                Math.round(startLow * unit),
                Math.round(startHigh * unit),
                0,
                sigma * unit,
                0,
                List.of());
    }

    /// Integer that only grows, by a normal step; `resetChance` is the chance of starting at 0
    /// again.
    public static FieldSpec counter(
            String name, long high, double mean, double sigma, double resetChance) {
        return new FieldSpec(
                name,
                Type.INTEGER,
                Motion.COUNTER,
                0,
                0,
                high,
                0,
                0,
                mean,
                sigma,
                resetChance,
                List.of());
    }

    /// Text out of a list, which changes by chance.
    public static FieldSpec state(String name, double changeChance, String... states) {
        return new FieldSpec(
                name,
                Type.STRING,
                Motion.JUMP,
                0,
                0,
                states.length - 1,
                0,
                states.length - 1,
                0,
                0,
                changeChance,
                List.of(states));
    }

    /// Switch that flips by chance.
    public static FieldSpec toggle(String name, double changeChance) {
        return new FieldSpec(
                name, Type.BOOLEAN, Motion.JUMP, 0, 0, 1, 0, 1, 0, 0, changeChance, List.of());
    }

    /// Copy with another motion.
    FieldSpec moving(Motion motion, double mean, double changeChance) {
        return new FieldSpec(
                name,
                type,
                motion,
                decimals,
                low,
                high,
                startLow,
                startHigh,
                mean,
                sigma,
                changeChance,
                states);
    }

    /// Copy with another type on the wire.
    FieldSpec typed(Type type) {
        return new FieldSpec(
                name,
                type,
                motion,
                decimals,
                low,
                high,
                startLow,
                startHigh,
                mean,
                sigma,
                changeChance,
                states);
    }

    /// The float that a reader of this decimal must get: nearest double of `mantissa /
    /// 10^decimals`.
    public double decimalValue(long mantissa) {
        // Both operands are exact below 2^53, so the one division rounds as Double.parseDouble
        // does.
        return (double) mantissa / POWERS_OF_TEN[decimals];
    }

    private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
}
