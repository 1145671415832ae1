package io.tsdb.query.http;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One statement from its start to the end of its answer, for Java Flight Recorder. One thread.
@Name("tsdb.Query")
@Label("Query")
@Category("tsdb")
@Description("A SQL statement is answered")
@StackTrace(false)
final class QueryEvent extends Event {
    @Label("Database")
    String database = "";

    @Label("Statement, without what stands in quotes")
    String statement = "";

    @Label("Error; empty for none")
    String error = "";
}
