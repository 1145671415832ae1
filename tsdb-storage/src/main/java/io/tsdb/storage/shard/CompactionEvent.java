package io.tsdb.storage.shard;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One merge of parts, for Java Flight Recorder. One thread.
@Name("tsdb.Compaction")
@Label("Compaction")
@Category("tsdb")
@Description("Parts of a measurement are merged")
@StackTrace(false)
final class CompactionEvent extends Event {
    @Label("Directory of the shard")
    String shard = "";

    @Label("Measurement, by number")
    String measurement = "";

    @Label("Parts read")
    int inputs;

    @Label("Bytes read")
    @DataAmount
    long inputBytes;

    @Label("Parts written")
    int outputs;

    @Label("Bytes written")
    @DataAmount
    long outputBytes;

    @Label("Whether the parts were replaced")
    boolean replaced;
}
