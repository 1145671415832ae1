package io.tsdb.storage.log;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One sync of the log, for Java Flight Recorder: what acknowledgements wait for. Log thread.
@Name("tsdb.LogSync")
@Label("Log sync")
@Category("tsdb")
@Description("Records are made durable")
@StackTrace(false)
final class LogSyncEvent extends Event {}
