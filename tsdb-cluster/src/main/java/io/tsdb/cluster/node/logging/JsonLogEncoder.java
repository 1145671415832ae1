package io.tsdb.cluster.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;

import io.tsdb.storage.model.JsonText;

import org.slf4j.event.KeyValuePair;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An event as a line of JSON: `time`, `level`, `logger`, `thread`, `message`, the message's fields
/// ([LogField]), and `error` with its stack. Any thread.
public final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final int MESSAGE_CHARS_MAX = 4_000;

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var members = new LinkedHashMap<String, String>();
        members.put("time", JsonText.quoted(event.getInstant().toString()));
        members.put("level", JsonText.quoted(event.getLevel().toString()));
        members.put("logger", JsonText.quoted(shortName(event.getLoggerName())));
        members.put("thread", JsonText.quoted(event.getThreadName()));
        members.put("message", JsonText.quoted(cut(String.valueOf(event.getFormattedMessage()))));
        Object[] arguments = event.getArgumentArray();
        if (arguments != null) {
            for (Object argument : arguments) {
                if (argument instanceof LogField field) {
                    members.putIfAbsent(field.name(), value(field.value()));
                }
            }
        }
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> members.putIfAbsent(pair.key, value(pair.value)));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            members.put("error", JsonText.quoted(ThrowableProxyUtil.asString(thrown)));
        }
        return (line(members) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String line(Map<String, String> members) {
        var text = new StringBuilder();
        members.forEach(
                (name, value) ->
                        text.append(text.isEmpty() ? '{' : ',')
                                .append(JsonText.quoted(name))
                                .append(':')
                                .append(value));
        return text.append('}').toString();
    }

    private static String value(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Boolean
                ? value.toString()
                : JsonText.quoted(cut(String.valueOf(value)));
    }

    private static String cut(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX);
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
