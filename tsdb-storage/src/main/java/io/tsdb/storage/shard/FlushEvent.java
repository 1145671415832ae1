package io.tsdb.storage.shard;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One try to write a head as parts, for Java Flight Recorder. One thread.
@Name("tsdb.Flush")
@Label("Flush")
@Category("tsdb")
@Description("A head is written as parts")
@StackTrace(false)
final class FlushEvent extends Event {
    @Label("Directory of the shard")
    String shard = "";

    @Label("Newest log index in it")
    long logIndex;

    @Label("Rows")
    long rows;

    @Label("Bytes of the head")
    @DataAmount
    long headBytes;

    @Label("Measurements that were not written")
    int failedMeasurements;
}
