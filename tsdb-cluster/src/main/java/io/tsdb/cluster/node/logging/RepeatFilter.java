package io.tsdb.cluster.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;

import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Lets a message through a few times a second, whatever its values, and then says how many of its
/// kind were left out: nobody fills a disk with log by asking the same wrong thing again and again.
///
/// A message is what stands in the code: the logger and the text before its values are put in.
public final class RepeatFilter extends TurboFilter {
    /// The text of the message that says so.
    static final String REPORT = "{} more within a second were left out of: {}";

    private static final int MESSAGES_MAX = 1_000;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private final Map<Message, Second> seconds =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Message, Second> eldest) {
                    if (size() <= MESSAGES_MAX) {
                        return false;
                    }
                    forgotten.add(leftOut(eldest.getKey(), eldest.getValue()));
                    return true;
                }
            };

    /// Of messages that others pushed out, for the next report.
    private final List<LeftOut> forgotten = new ArrayList<>();

    private int perSecond = 5;
    private @Nullable ScheduledFuture<?> sweeps;

    private record Message(Logger logger, String text) {}

    /// A message within the second that began with its first event.
    private static final class Second {
        private long startNanos;
        private int count;
    }

    private record LeftOut(Message message, int count) {}

    public RepeatFilter() {
        this(SystemClock.ticker());
    }

    RepeatFilter(Ticker ticker) {
        this.ticker = ticker;
    }

    /// How often a message is written within a second; for `logback.xml`.
    public void setPerSecond(int perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public void start() {
        if (getContext() != null) {
            sweeps =
                    getContext()
                            .getScheduledExecutorService()
                            .scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
        }
        super.start();
    }

    @Override
    public void stop() {
        if (sweeps != null) {
            sweeps.cancel(false);
        }
        super.stop();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            @Nullable Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        if (!isStarted()
                || format == null
                || AuditLog.MARKER.equals(marker)
                || format.equals(REPORT)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        var message = new Message(logger, format);
        List<LeftOut> due;
        synchronized (seconds) {
            long now = ticker.nanos();
            Second second = seconds.computeIfAbsent(message, _ -> new Second());
            if (second.count > 0 && now - second.startNanos < SECOND_NANOS) {
                second.count++;
                return second.count > perSecond ? FilterReply.DENY : FilterReply.NEUTRAL;
            }
            due = takeForgotten();
            due.add(leftOut(message, second));
            second.startNanos = now;
            second.count = 1;
        }
        due.forEach(this::report);
        return FilterReply.NEUTRAL;
    }

    /// Reports what was left out of messages that stopped.
    void sweep() {
        reportOlderThan(SECOND_NANOS);
    }

    /// Reports whatever was left out and not said yet, by every filter of this process: the log may
    /// end after this.
    public static void reportAll() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            reportAll(context);
        }
    }

    static void reportAll(LoggerContext context) {
        for (TurboFilter filter : context.getTurboFilterList()) {
            if (filter instanceof RepeatFilter repeats) {
                repeats.reportOlderThan(0);
            }
        }
    }

    private void reportOlderThan(long nanos) {
        List<LeftOut> due;
        synchronized (seconds) {
            due = takeForgotten();
            long now = ticker.nanos();
            seconds.forEach(
                    (message, second) -> {
                        if (now - second.startNanos >= nanos) {
                            due.add(leftOut(message, second));
                            second.count = 0;
                        }
                    });
            seconds.values().removeIf(second -> second.count == 0);
        }
        due.forEach(this::report);
    }

    private List<LeftOut> takeForgotten() {
        List<LeftOut> taken = new ArrayList<>(forgotten);
        forgotten.clear();
        return taken;
    }

    private LeftOut leftOut(Message message, Second second) {
        return new LeftOut(message, second.count - perSecond);
    }

    private void report(LeftOut leftOut) {
        if (leftOut.count() > 0) {
            leftOut.message().logger().warn(REPORT, leftOut.count(), leftOut.message().text());
        }
    }
}
