package io.tsdb.cluster.node.logging;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

import java.util.ArrayList;
import java.util.List;

/// Administrative acts in the log, by the logger `audit`: who did what, when, from where, and what
/// became of it. Any thread.
///
/// None is left out, however often it repeats ([RepeatFilter] lets the marker through).
public final class AuditLog {
    /// Of events that are never held back.
    static final Marker MARKER = MarkerFactory.getMarker("AUDIT");

    private static final Logger LOG = LoggerFactory.getLogger("audit");

    /// What stands where nobody is named: at this machine, by its command line.
    public static final String COMMAND_LINE = "command line";

    private AuditLog() {}

    /// @param who id of the token, `everybody` while nobody is told apart
    /// @param from address, or [#COMMAND_LINE]
    /// @param what the act, without secrets
    /// @param outcome `done`, or why not
    /// @param more what else there is to be said of it
    public static void say(String who, String from, String what, String outcome, LogField... more) {
        List<Object> fields = new ArrayList<>();
        fields.add(new LogField("what", what));
        fields.add(new LogField("outcome", outcome));
        fields.add(new LogField("who", who.isEmpty() ? "unknown" : who));
        fields.add(new LogField("from", from));
        fields.addAll(List.of(more));
        LOG.info(MARKER, "{} ".repeat(fields.size()).strip(), fields.toArray());
    }
}
