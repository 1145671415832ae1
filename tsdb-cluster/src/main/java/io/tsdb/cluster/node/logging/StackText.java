package io.tsdb.cluster.node.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.CoreConstants;

import io.tsdb.storage.io.FileFailure;

/// The stack of an exception in a log of text: none of what the machine refused ([FileFailure]: no
/// room, no permission, a disk that fails), unless the log is at `DEBUG`. Its message says all, and
/// forty lines for each file that found no room hide what else there is.
public final class StackText extends ThrowableProxyConverter {
    @Override
    public String convert(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null || !isOfTheMachine(thrown) || isDebug()
                ? super.convert(event)
                : messages(thrown);
    }

    private boolean isDebug() {
        return getContext() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).isDebugEnabled();
    }

    private static boolean isOfTheMachine(IThrowableProxy thrown) {
        IThrowableProxy at = thrown;
        while (at != null && !isFailure(at)) {
            at = at.getCause();
        }
        return at != null;
    }

    private static boolean isFailure(IThrowableProxy thrown) {
        return thrown.getClassName().equals(FileFailure.class.getName());
    }

    /// From the outside in, down to the failure.
    private static String messages(IThrowableProxy thrown) {
        var text = new StringBuilder();
        IThrowableProxy at = thrown;
        while (at != null) {
            text.append(text.isEmpty() ? "" : "Caused by: ")
                    .append(at.getClassName())
                    .append(": ")
                    .append(String.valueOf(at.getMessage()).replaceAll("\\p{Cntrl}", " "))
                    .append(CoreConstants.LINE_SEPARATOR);
            at = isFailure(at) ? null : at.getCause();
        }
        return text.toString();
    }
}
