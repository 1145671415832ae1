package io.tsdb.loadgen.replay;

import io.tsdb.loadgen.workload.Precision;

import java.util.List;

/// How the columns of a CSV file become points: one column is the time, some are tags, all others
/// are fields.
///
/// @param timeColumn holds RFC 3339 or a number in `precision`
public record CsvMapping(
        String measurement, String timeColumn, List<String> tagColumns, Precision precision) {}
