package io.tsdb.cluster.node.logging;

/// A named value in a message: `name=value` in a log of text (`name=[a value]` with blanks in it),
/// a member of its own in one of JSON.
///
/// ```
/// LOG.info("part is gone: {} {}", new LogField("shard", 3), new LogField("part", name));
/// ```
public record LogField(String name, Object value) {
    @Override
    public String toString() {
        String text = String.valueOf(value);
        return name + "=" + (text.indexOf(' ') < 0 && !text.isEmpty() ? text : "[" + text + "]");
    }
}
