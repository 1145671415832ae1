package io.tsdb.query.function;

import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.aggregate.AnyValueAggregate;
import io.tsdb.query.function.aggregate.ApproxCountDistinctAggregate;
import io.tsdb.query.function.aggregate.ApproxPercentileAggregate;
import io.tsdb.query.function.aggregate.ArgMaxAggregate;
import io.tsdb.query.function.aggregate.ArgMinAggregate;
import io.tsdb.query.function.aggregate.ArrayAggAggregate;
import io.tsdb.query.function.aggregate.AvgAggregate;
import io.tsdb.query.function.aggregate.BoolAndAggregate;
import io.tsdb.query.function.aggregate.BoolOrAggregate;
import io.tsdb.query.function.aggregate.ChangesAggregate;
import io.tsdb.query.function.aggregate.CorrAggregate;
import io.tsdb.query.function.aggregate.CountAggregate;
import io.tsdb.query.function.aggregate.CountDistinctAggregate;
import io.tsdb.query.function.aggregate.CountIfAggregate;
import io.tsdb.query.function.aggregate.CovarPopAggregate;
import io.tsdb.query.function.aggregate.CovarSampAggregate;
import io.tsdb.query.function.aggregate.DeltaAggregate;
import io.tsdb.query.function.aggregate.DerivAggregate;
import io.tsdb.query.function.aggregate.DerivativeAggregate;
import io.tsdb.query.function.aggregate.DurationInAggregate;
import io.tsdb.query.function.aggregate.FirstAggregate;
import io.tsdb.query.function.aggregate.HistogramAggregate;
import io.tsdb.query.function.aggregate.IdeltaAggregate;
import io.tsdb.query.function.aggregate.IncreaseAggregate;
import io.tsdb.query.function.aggregate.IntegralAggregate;
import io.tsdb.query.function.aggregate.IrateAggregate;
import io.tsdb.query.function.aggregate.LastAggregate;
import io.tsdb.query.function.aggregate.MaxAggregate;
import io.tsdb.query.function.aggregate.MedianAggregate;
import io.tsdb.query.function.aggregate.MinAggregate;
import io.tsdb.query.function.aggregate.ModeAggregate;
import io.tsdb.query.function.aggregate.OrderedAggregate;
import io.tsdb.query.function.aggregate.PercentileContAggregate;
import io.tsdb.query.function.aggregate.PercentileDiscAggregate;
import io.tsdb.query.function.aggregate.RateAggregate;
import io.tsdb.query.function.aggregate.RegrInterceptAggregate;
import io.tsdb.query.function.aggregate.RegrR2Aggregate;
import io.tsdb.query.function.aggregate.RegrSlopeAggregate;
import io.tsdb.query.function.aggregate.ResetsAggregate;
import io.tsdb.query.function.aggregate.SkewnessAggregate;
import io.tsdb.query.function.aggregate.StateDurationAggregate;
import io.tsdb.query.function.aggregate.StddevAggregate;
import io.tsdb.query.function.aggregate.StddevPopAggregate;
import io.tsdb.query.function.aggregate.StddevSampAggregate;
import io.tsdb.query.function.aggregate.StringAggAggregate;
import io.tsdb.query.function.aggregate.SumAggregate;
import io.tsdb.query.function.aggregate.TimeWeightAvgAggregate;
import io.tsdb.query.function.aggregate.UptimeShareAggregate;
import io.tsdb.query.function.aggregate.VarPopAggregate;
import io.tsdb.query.function.aggregate.VarSampAggregate;
import io.tsdb.query.function.scalar.AbsFunction;
import io.tsdb.query.function.scalar.AcosFunction;
import io.tsdb.query.function.scalar.AddMonthsFunction;
import io.tsdb.query.function.scalar.AgeFunction;
import io.tsdb.query.function.scalar.AsinFunction;
import io.tsdb.query.function.scalar.Atan2Function;
import io.tsdb.query.function.scalar.AtanFunction;
import io.tsdb.query.function.scalar.BitCountFunction;
import io.tsdb.query.function.scalar.BitwiseAndFunction;
import io.tsdb.query.function.scalar.BitwiseLeftShiftFunction;
import io.tsdb.query.function.scalar.BitwiseNotFunction;
import io.tsdb.query.function.scalar.BitwiseOrFunction;
import io.tsdb.query.function.scalar.BitwiseRightShiftFunction;
import io.tsdb.query.function.scalar.BitwiseXorFunction;
import io.tsdb.query.function.scalar.CbrtFunction;
import io.tsdb.query.function.scalar.CeilFunction;
import io.tsdb.query.function.scalar.CoalesceFunction;
import io.tsdb.query.function.scalar.ConcatFunction;
import io.tsdb.query.function.scalar.ConcatTextsFunction;
import io.tsdb.query.function.scalar.ConcatWsFunction;
import io.tsdb.query.function.scalar.CosFunction;
import io.tsdb.query.function.scalar.DatePartFunction;
import io.tsdb.query.function.scalar.DegreesFunction;
import io.tsdb.query.function.scalar.EpochFunction;
import io.tsdb.query.function.scalar.EpochMsFunction;
import io.tsdb.query.function.scalar.EpochNsFunction;
import io.tsdb.query.function.scalar.EpochUsFunction;
import io.tsdb.query.function.scalar.ExpFunction;
import io.tsdb.query.function.scalar.FloorFunction;
import io.tsdb.query.function.scalar.FormatFunction;
import io.tsdb.query.function.scalar.GeohashFunction;
import io.tsdb.query.function.scalar.GreatestFunction;
import io.tsdb.query.function.scalar.HaversineFunction;
import io.tsdb.query.function.scalar.LeastFunction;
import io.tsdb.query.function.scalar.LeftFunction;
import io.tsdb.query.function.scalar.LengthFunction;
import io.tsdb.query.function.scalar.LnFunction;
import io.tsdb.query.function.scalar.Log10Function;
import io.tsdb.query.function.scalar.Log2Function;
import io.tsdb.query.function.scalar.LogFunction;
import io.tsdb.query.function.scalar.LowerFunction;
import io.tsdb.query.function.scalar.LpadFunction;
import io.tsdb.query.function.scalar.LtrimFunction;
import io.tsdb.query.function.scalar.ModFunction;
import io.tsdb.query.function.scalar.NullifFunction;
import io.tsdb.query.function.scalar.PiFunction;
import io.tsdb.query.function.scalar.PowerFunction;
import io.tsdb.query.function.scalar.RadiansFunction;
import io.tsdb.query.function.scalar.RegexpCountFunction;
import io.tsdb.query.function.scalar.RegexpMatchFunction;
import io.tsdb.query.function.scalar.RegexpReplaceFunction;
import io.tsdb.query.function.scalar.RepeatFunction;
import io.tsdb.query.function.scalar.ReplaceFunction;
import io.tsdb.query.function.scalar.ReverseFunction;
import io.tsdb.query.function.scalar.RightFunction;
import io.tsdb.query.function.scalar.RoundFunction;
import io.tsdb.query.function.scalar.RpadFunction;
import io.tsdb.query.function.scalar.RtrimFunction;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.function.scalar.SignFunction;
import io.tsdb.query.function.scalar.SinFunction;
import io.tsdb.query.function.scalar.SplitPartFunction;
import io.tsdb.query.function.scalar.SqrtFunction;
import io.tsdb.query.function.scalar.StartsWithFunction;
import io.tsdb.query.function.scalar.StrposFunction;
import io.tsdb.query.function.scalar.SubstringFunction;
import io.tsdb.query.function.scalar.TanFunction;
import io.tsdb.query.function.scalar.ToCharFunction;
import io.tsdb.query.function.scalar.ToTimestampFunction;
import io.tsdb.query.function.scalar.ToTimezoneFunction;
import io.tsdb.query.function.scalar.ToUtcFunction;
import io.tsdb.query.function.scalar.TrimFunction;
import io.tsdb.query.function.scalar.TruncFunction;
import io.tsdb.query.function.scalar.UpperFunction;
import io.tsdb.query.function.scalar.WidthBucketFunction;
import io.tsdb.query.function.window.CumeDistFunction;
import io.tsdb.query.function.window.DenseRankFunction;
import io.tsdb.query.function.window.DifferenceFunction;
import io.tsdb.query.function.window.EmaFunction;
import io.tsdb.query.function.window.FirstValueFunction;
import io.tsdb.query.function.window.IgnoringNulls;
import io.tsdb.query.function.window.LagFunction;
import io.tsdb.query.function.window.LastValueFunction;
import io.tsdb.query.function.window.LeadFunction;
import io.tsdb.query.function.window.NthValueFunction;
import io.tsdb.query.function.window.NtileFunction;
import io.tsdb.query.function.window.PercentRankFunction;
import io.tsdb.query.function.window.RankFunction;
import io.tsdb.query.function.window.RowNumberFunction;
import io.tsdb.query.function.window.SessionNumberFunction;
import io.tsdb.query.function.window.StateNumberFunction;
import io.tsdb.query.function.window.WindowFunction;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// All functions that a query can call by name. Immutable.
public final class Functions {
    /// `time_bucket(width, time[, origin][, time zone])`: resolved to a grid before the query runs.
    public static final String TIME_BUCKET = "time_bucket";

    /// `time_bucket_gapfill(width, time[, time zone][, start, finish])`: a bucket whose gaps are
    /// filled.
    public static final String TIME_BUCKET_GAPFILL = "time_bucket_gapfill";

    /// `locf(aggregate)`: in a gap, the value before it.
    public static final String LOCF = "locf";

    /// `interpolate(aggregate)`: in a gap, what lies between the values around it.
    public static final String INTERPOLATE = "interpolate";

    /// `date_trunc(unit, time[, time zone])`: the bucket of one unit.
    public static final String DATE_TRUNC = "date_trunc";

    /// `date_bin(width, time[, origin])`: a bucket.
    public static final String DATE_BIN = "date_bin";

    /// `now()`: resolved to the time at which the query started.
    public static final String NOW = "now";

    /// `count(DISTINCT x)`, which has no name of its own.
    public static final AggregateFunction COUNT_DISTINCT = new CountDistinctAggregate();

    /// `a || b`, which has no name of its own.
    public static final ScalarFunction CONCAT = new ConcatFunction();

    /// `time + INTERVAL '1 month'`.
    public static final ScalarFunction ADD_MONTHS = new AddMonthsFunction();

    public static final WindowFunction ROW_NUMBER = new RowNumberFunction();

    public static final ScalarFunction COALESCE = new CoalesceFunction();

    private static final List<ScalarFunction> SCALARS =
            List.of(
                    ADD_MONTHS,
                    new AbsFunction(),
                    new AcosFunction(),
                    new AgeFunction(),
                    new AsinFunction(),
                    new Atan2Function(),
                    new AtanFunction(),
                    new BitCountFunction(),
                    new BitwiseAndFunction(),
                    new BitwiseLeftShiftFunction(),
                    new BitwiseNotFunction(),
                    new BitwiseOrFunction(),
                    new BitwiseRightShiftFunction(),
                    new BitwiseXorFunction(),
                    new CbrtFunction(),
                    new CeilFunction(),
                    COALESCE,
                    new ConcatTextsFunction(),
                    new ConcatWsFunction(),
                    new CosFunction(),
                    new DatePartFunction(),
                    new DegreesFunction(),
                    new EpochFunction(),
                    new EpochMsFunction(),
                    new EpochNsFunction(),
                    new EpochUsFunction(),
                    new ExpFunction(),
                    new FloorFunction(),
                    new FormatFunction(),
                    new GeohashFunction(),
                    new GreatestFunction(),
                    new HaversineFunction(),
                    new LeastFunction(),
                    new LeftFunction(),
                    new LengthFunction(),
                    new LnFunction(),
                    new Log10Function(),
                    new Log2Function(),
                    new LogFunction(),
                    new LowerFunction(),
                    new LpadFunction(),
                    new LtrimFunction(),
                    new ModFunction(),
                    new NullifFunction(),
                    new PiFunction(),
                    new PowerFunction(),
                    new RadiansFunction(),
                    new RegexpCountFunction(),
                    new RegexpMatchFunction(),
                    new RegexpReplaceFunction(),
                    new RepeatFunction(),
                    new ReplaceFunction(),
                    new ReverseFunction(),
                    new RightFunction(),
                    new RoundFunction(),
                    new RpadFunction(),
                    new RtrimFunction(),
                    new SignFunction(),
                    new SinFunction(),
                    new SplitPartFunction(),
                    new SqrtFunction(),
                    new StartsWithFunction(),
                    new StrposFunction(),
                    new SubstringFunction(),
                    new TanFunction(),
                    new ToCharFunction(),
                    new ToTimestampFunction(),
                    new ToTimezoneFunction(),
                    new ToUtcFunction(),
                    new TrimFunction(),
                    new TruncFunction(),
                    new UpperFunction(),
                    new WidthBucketFunction());

    private static final List<AggregateFunction> AGGREGATES =
            List.of(
                    new AnyValueAggregate(),
                    new ApproxCountDistinctAggregate(),
                    new ApproxPercentileAggregate(),
                    new ArgMaxAggregate(),
                    new ArgMinAggregate(),
                    new ArrayAggAggregate(),
                    new AvgAggregate(),
                    new BoolAndAggregate(),
                    new BoolOrAggregate(),
                    new ChangesAggregate(),
                    new CorrAggregate(),
                    new CountAggregate(),
                    new CountIfAggregate(),
                    new CovarPopAggregate(),
                    new CovarSampAggregate(),
                    new DeltaAggregate(),
                    new DerivAggregate(),
                    new DerivativeAggregate(),
                    new DurationInAggregate(),
                    new FirstAggregate(),
                    new HistogramAggregate(),
                    new IdeltaAggregate(),
                    new IncreaseAggregate(),
                    new IntegralAggregate(),
                    new IrateAggregate(),
                    new LastAggregate(),
                    new MaxAggregate(),
                    new MedianAggregate(),
                    new MinAggregate(),
                    new ModeAggregate(),
                    new PercentileContAggregate(),
                    new PercentileDiscAggregate(),
                    new RateAggregate(),
                    new RegrInterceptAggregate(),
                    new RegrR2Aggregate(),
                    new RegrSlopeAggregate(),
                    new ResetsAggregate(),
                    new SkewnessAggregate(),
                    new StateDurationAggregate(),
                    new StddevAggregate(),
                    new StddevPopAggregate(),
                    new StddevSampAggregate(),
                    new StringAggAggregate(),
                    new SumAggregate(),
                    new TimeWeightAvgAggregate(),
                    new UptimeShareAggregate(),
                    new VarPopAggregate(),
                    new VarSampAggregate());

    private static final List<WindowFunction> WINDOWS =
            List.of(
                    new CumeDistFunction(),
                    new DenseRankFunction(),
                    new DifferenceFunction(),
                    new EmaFunction(),
                    new FirstValueFunction(),
                    new LagFunction(),
                    new LastValueFunction(),
                    new LeadFunction(),
                    new NthValueFunction(),
                    new NtileFunction(),
                    new PercentRankFunction(),
                    new RankFunction(),
                    ROW_NUMBER,
                    new SessionNumberFunction(),
                    new StateNumberFunction());

    /// Aggregates that plans have and no statement calls by their name.
    private static final List<AggregateFunction> PLANNED =
            List.of(
                    COUNT_DISTINCT,
                    OrderedAggregate.named(aggregate("string_agg").orElseThrow()),
                    OrderedAggregate.named(aggregate("array_agg").orElseThrow()));

    private Functions() {}

    public static List<ScalarFunction> scalars() {
        return SCALARS;
    }

    public static List<AggregateFunction> aggregates() {
        return AGGREGATES;
    }

    /// Functions that only stand before `OVER`; every aggregate can stand there too.
    public static List<WindowFunction> windows() {
        return WINDOWS;
    }

    public static Optional<WindowFunction> window(String name) {
        String plain = IgnoringNulls.plainName(name);
        Optional<WindowFunction> function =
                WINDOWS.stream().filter(f -> f.name().equals(plain)).findFirst();
        return plain.equals(name) ? function : function.flatMap(IgnoringNulls::of);
    }

    public static Optional<ScalarFunction> scalar(String name) {
        return SCALARS.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    public static Optional<AggregateFunction> aggregate(String name) {
        return AGGREGATES.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /// An aggregate of a plan: also one that no statement calls by this name.
    public static Optional<AggregateFunction> planned(String name) {
        return PLANNED.stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .or(() -> aggregate(name));
    }

    /// Names of all functions, for the nearest one to a mistyped one.
    public static SortedSet<String> names() {
        var names = new TreeSet<String>();
        SCALARS.forEach(f -> names.add(f.name()));
        AGGREGATES.forEach(f -> names.add(f.name()));
        WINDOWS.forEach(f -> names.add(f.name()));
        names.add(TIME_BUCKET);
        names.add(TIME_BUCKET_GAPFILL);
        names.add(LOCF);
        names.add(DATE_TRUNC);
        names.add(DATE_BIN);
        names.add(INTERPOLATE);
        names.add(NOW);
        return names;
    }
}
