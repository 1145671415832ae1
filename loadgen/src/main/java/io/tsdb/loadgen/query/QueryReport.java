package io.tsdb.loadgen.query;

import io.tsdb.loadgen.load.Latencies;

/// What came of one query type.
///
/// @param text one instance of the query, as it was asked
/// @param answerBytes mean size of an answer
/// @param checked answers compared with what they must be
/// @param wrong of those
/// @param remark what is to be known: why it could not be asked, what is wrong, what is left out
public record QueryReport(
        String type,
        String text,
        long runs,
        double queriesPerSecond,
        Latencies latency,
        double answerBytes,
        int checked,
        int wrong,
        int errors,
        String remark) {}
