package io.tsdb.cluster.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;

import io.tsdb.storage.io.FileFailure;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/// By the configuration that a node's log has.
class StackTextTest {
    private static final String SAID = "cannot write /data/a b: No space left on device";

    private final LoggerContext context = new LoggerContext();

    @BeforeEach
    void configure() throws Exception {
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(
                Objects.requireNonNull(StackText.class.getResource("/logback.xml")));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private String written(Throwable thrown) {
        var event =
                new LoggingEvent(
                        "",
                        context.getLogger("a.Flush"),
                        Level.ERROR,
                        "not flushed",
                        thrown,
                        new Object[0]);
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var appender = (OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr");
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private static IOException refused() {
        var machine = new IOException("No space left on device");
        return FileFailure.of("cannot write", Path.of("/data/a\nb"), machine);
    }

    @Test
    void whatTheMachineRefusedHasItsMessagesAlone() {
        assertThat(written(refused()))
                .endsWith(
                        "Z ERROR Flush not flushed\nio.tsdb.storage.io.FileFailure: "
                                + SAID
                                + "\n");
        assertThat(written(new IOException("no backup was made", refused())))
                .endsWith(
                        "not flushed\njava.io.IOException: no backup was made\n"
                                + "Caused by: io.tsdb.storage.io.FileFailure: "
                                + SAID
                                + "\n");
    }

    @Test
    void whatMayBeAFaultOfOursHasItsStack() {
        assertThat(written(new IllegalStateException("BUG: no rows")))
                .contains("not flushed\njava.lang.IllegalStateException: BUG: no rows\n\tat ");
        assertThat(written(new IOException("end of file"))).contains("\tat ");
    }

    @Test
    void theLogAtDebugHasAll() {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.DEBUG);
        assertThat(written(refused())).contains("\tat ");
    }
}
