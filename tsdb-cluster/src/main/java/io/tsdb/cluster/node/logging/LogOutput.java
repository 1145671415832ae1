package io.tsdb.cluster.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/// Sets what the log of this process looks like and how much is in it, again and again if asked.
public final class LogOutput {
    private static final Map<OutputStreamAppender<ILoggingEvent>, Encoder<ILoggingEvent>> TEXTS =
            new HashMap<>();

    private LogOutput() {}

    /// @param level of the root: `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`
    public static synchronized void apply(LogFormat format, String level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            root.setLevel(Level.toLevel(level, Level.INFO));
            Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream) {
                    encode(context, stream, format);
                }
            }
        }
    }

    private static void encode(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> stream, LogFormat format) {
        boolean isJson = stream.getEncoder() instanceof JsonLogEncoder;
        switch (format) {
            case JSON -> {
                if (!isJson) {
                    TEXTS.put(stream, stream.getEncoder());
                    var encoder = new JsonLogEncoder();
                    encoder.setContext(context);
                    encoder.start();
                    stream.setEncoder(encoder);
                }
            }
            case TEXT -> {
                if (isJson) {
                    stream.setEncoder(Objects.requireNonNull(TEXTS.get(stream)));
                }
            }
        }
    }
}
