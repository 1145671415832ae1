package io.tsdb.loadgen.workload;

import java.util.List;

/// One measurement of a workload: each device has one series in it. Its first tag is the one that
/// tells devices apart.
public record MeasurementSpec(String name, List<TagSpec> tags, List<FieldSpec> fields) {
    public MeasurementSpec {
        tags = List.copyOf(tags);
        fields = List.copyOf(fields);
        if (tags.isEmpty() || fields.isEmpty() || fields.size() > 62) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + tags.size()
                            + " tags, "
                            + fields.size()
                            + " fields; 1 to 62 fields are possible");
        }
    }

    /// Key of the tag that tells devices apart.
    public String idTag() {
        return tags.getFirst().key();
    }

    /// Position of a field, or -1.
    public int fieldIndex(String field) {
        for (int f = 0; f < fields.size(); f++) {
            if (fields.get(f).name().equals(field)) {
                return f;
            }
        }
        return -1;
    }

    /// Position of a tag, or -1.
    public int tagIndex(String tag) {
        for (int t = 0; t < tags.size(); t++) {
            if (tags.get(t).key().equals(tag)) {
                return t;
            }
        }
        return -1;
    }

    /// All fields present.
    public long allFields() {
        return (1L << fields.size()) - 1;
    }
}
