package io.tsdb.loadgen.workload;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The `measurement,tag=value,...` texts of one measurement for a range of devices: made once and
/// copied from then on.
final class SeriesKeys {
    private final Workload workload;
    private final MeasurementSpec spec;
    private final long seed;
    private final int firstDevice;
    private final byte[][] keys;
    private final int[] generations;

    SeriesKeys(
            Workload workload, MeasurementSpec spec, long seed, int firstDevice, int deviceCount) {
        this.workload = workload;
        this.spec = spec;
        this.seed = seed;
        this.firstDevice = firstDevice;
        keys = new byte[deviceCount][];
        generations = new int[workload.lifetimeSteps() == 0 ? 0 : deviceCount];
        for (int local = 0; local < deviceCount; local++) {
            keys[local] =
                    text(
                            firstDevice + local,
                            workload.generation(seed, firstDevice + local, 0),
                            -1);
        }
    }

    /// Key of a device at a step.
    byte[] at(int local, long step) {
        if (generations.length != 0) {
            int generation = workload.generation(seed, firstDevice + local, step);
            if (generation != generations[local]) {
                generations[local] = generation;
                keys[local] = text(firstDevice + local, generation, -1);
            }
        }
        return keys[local];
    }

    /// Key without one of its tags.
    byte[] without(int local, long step, int tag) {
        int device = firstDevice + local;
        return text(device, workload.generation(seed, device, step), tag);
    }

    private byte[] text(int device, int generation, int withoutTag) {
        StringBuilder key = new StringBuilder(spec.name());
        List<TagSpec> tags = spec.tags();
        for (int t = 0; t < tags.size(); t++) {
            if (t != withoutTag) {
                key.append(',')
                        .append(tags.get(t).key())
                        .append('=')
                        .append(tags.get(t).values().of(seed, device, generation));
            }
        }
        return key.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
