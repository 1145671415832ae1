package io.tsdb.query.memory;

import java.util.Map;

/// A point for tests.
///
/// @param fields Long, Double, Boolean or String by name
public record TestPoint(
        String measurement, Map<String, String> tags, long time, Map<String, Object> fields) {}
