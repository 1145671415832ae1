package io.tsdb.cluster.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class RepeatFilterTest {
    private final AtomicLong nanos = new AtomicLong();
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final RepeatFilter filter = new RepeatFilter(nanos::get);
    private final Logger log = context.getLogger("a");

    @BeforeEach
    void start() {
        written.start();
        log.addAppender(written);
        log.setLevel(Level.INFO);
        filter.start(); // without its context: the sweeps are this test's
        context.addTurboFilter(filter);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> texts() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void writesAFewAndSaysHowManyMoreThereWere() {
        for (int i = 0; i < 22_000; i++) {
            log.error("request {} failed", i, new IllegalStateException("x"));
        }
        assertThat(texts()).hasSize(5);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        log.error("request {} failed", 22_000);
        assertThat(texts())
                .endsWith(
                        "21995 more within a second were left out of: request {} failed",
                        "request 22000 failed");
    }

    @Test
    void reportsWhenAMessageStops() {
        for (int i = 0; i < 7; i++) {
            log.warn("{}", i);
        }
        filter.sweep();
        assertThat(texts()).hasSize(5);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        filter.sweep();
        filter.sweep();
        assertThat(texts())
                .hasSize(6)
                .last()
                .isEqualTo("2 more within a second were left out of: {}");
    }

    /// A fast machine refuses 2,000 tokens within the second in which the node then ends.
    @Test
    void reportsWithinTheSecondWhenTheLogEnds() {
        for (int i = 0; i < 2_000; i++) {
            log.warn("{}", i);
        }
        RepeatFilter.reportAll(context);
        RepeatFilter.reportAll(context);
        assertThat(texts())
                .hasSize(6)
                .last()
                .isEqualTo("1995 more within a second were left out of: {}");
    }

    /// What others push out of the thousand is counted all the same.
    @Test
    void reportsOfAMessageThatOthersPushedOut() {
        for (int i = 0; i < 9; i++) {
            log.warn("first {}", i);
        }
        for (int i = 0; i < 1_001; i++) {
            log.warn("text " + i);
        }
        assertThat(texts()).containsOnlyOnce("4 more within a second were left out of: first {}");
    }

    @Test
    void messagesDoNotCountForOneAnother() {
        for (int i = 0; i < 5; i++) {
            log.warn("one {}", i);
            log.warn("other {}", i);
            context.getLogger("a.b").warn("one {}", i);
        }
        assertThat(texts()).hasSize(15);
    }

    @Test
    void whatIsNotWrittenIsNotCounted() {
        for (int i = 0; i < 100; i++) {
            log.debug("{}", i);
        }
        log.info("{}", 100);
        assertThat(texts()).containsExactly("100");
    }

    /// Texts that somebody puts together themselves take no memory without end.
    @Test
    void keepsAThousandMessages() {
        for (int i = 0; i < 3_000; i++) {
            log.warn("text " + i);
        }
        assertThat(texts()).hasSize(3_000);
    }
}
