package io.tsdb.loadgen.workload;

/// One tag: key and, by device, value.
public record TagSpec(String key, Values values) {

    /// Value of a tag; it depends on the seed, the device and (where devices are replaced) the
    /// device's generation.
    @FunctionalInterface
    public interface Values {
        String of(long seed, int device, int generation);
    }

    /// Prefix and device number: the tag that tells devices apart.
    public static TagSpec id(String key, String prefix) {
        return new TagSpec(key, (_, device, _) -> prefix + device);
    }

    /// One of some values, drawn once per device; `salt` keeps tags of a device independent.
    public static TagSpec choice(String key, int salt, String... choices) {
        return new TagSpec(
                key, (seed, device, _) -> choices[draw(seed, device, salt, choices.length)]);
    }

    /// A number in `[0, bound)`, drawn once per device.
    public static TagSpec number(String key, int salt, String prefix, int from, int bound) {
        return new TagSpec(
                key, (seed, device, _) -> prefix + (from + draw(seed, device, salt, bound)));
    }

    /// The draw behind a tag, so that tags can depend on each other (a data centre on its region).
    static int draw(long seed, int device, int salt, int bound) {
        return Mix.below(Mix.of(seed, device, 0x7A65L * 31 + salt), bound);
    }
}
