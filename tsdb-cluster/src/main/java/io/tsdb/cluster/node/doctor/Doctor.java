package io.tsdb.cluster.node.doctor;

import io.tsdb.cluster.node.config.SizeText;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Looks at a machine and at the disk of a data directory. One thread.
///
/// @param data may not be there yet: the disk is that of the nearest directory above
/// @param diskReserveBytes below which a node refuses writes
/// @param javaVersion of the JDK that would run a node
public record Doctor(
        Machine machine,
        Path data,
        long diskReserveBytes,
        int javaVersion,
        InstantSource clock,
        Ticker ticker) {
    private static final int JAVA_VERSION_MIN = 25;
    private static final long OPEN_FILES_BAD = 4_096;
    private static final long OPEN_FILES_GOOD = 65_536;
    private static final long MAPPINGS_GOOD = 65_530;
    private static final long MEMORY_BAD = 256L << 20;
    private static final long MEMORY_GOOD = 1L << 30;
    private static final long SYNC_GOOD_MILLIS = 20;
    private static final long SYNC_BAD_MILLIS = 500;
    private static final Instant CLOCK_LEAST = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant CLOCK_MOST = Instant.parse("2100-01-01T00:00:00Z");

    /// Where nothing survives a restart, or a sync is not what it says.
    private static final Set<String> UNFIT_FILE_SYSTEMS =
            Set.of("tmpfs", "ramfs", "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "vboxsf");

    /// Clocks that cost a system call of microseconds for each look.
    private static final Set<String> SLOW_CLOCKS = Set.of("hpet", "acpi_pm", "jiffies");

    /// Everything, in the order of a start.
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        found.add(java());
        found.add(memory());
        swap().ifPresent(found::add);
        found.add(openFiles());
        found.add(mappings());
        overcommit().ifPresent(found::add);
        found.add(time());
        clockSource().ifPresent(found::add);
        Path disk = existing(data);
        found.add(fileSystem(disk));
        found.add(room(disk));
        found.add(syncs(disk));
        return found;
    }

    private Finding java() {
        String text = "Java " + javaVersion;
        return javaVersion >= JAVA_VERSION_MIN
                ? Finding.good("JDK", text)
                : Finding.bad("JDK", text + ": a node needs " + JAVA_VERSION_MIN + " or later");
    }

    private Finding memory() {
        OptionalLong total = machine.memoryBytes("MemTotal");
        OptionalLong limit = machine.memoryLimitBytes();
        if (total.isEmpty() && limit.isEmpty()) {
            return Finding.unknown("memory", "this system does not say how much there is");
        }
        boolean limited = limit.isPresent() && limit.getAsLong() < total.orElse(Long.MAX_VALUE);
        long least = limited ? limit.getAsLong() : total.orElse(0);
        String text =
                SizeText.format(least)
                        + (limited
                                ? " by the limit of the container, of "
                                        + total.stream()
                                                .mapToObj(SizeText::format)
                                                .findFirst()
                                                .orElse("an unknown size")
                                : "");
        if (least < MEMORY_BAD) {
            return Finding.bad("memory", text + ": a node needs 256 MiB at least");
        }
        return least < MEMORY_GOOD
                ? Finding.warning("memory", text + ": enough for some 10,000 series; see sizing")
                : Finding.good("memory", text);
    }

    private Optional<Finding> swap() {
        OptionalLong total = machine.memoryBytes("SwapTotal");
        OptionalLong free = machine.memoryBytes("SwapFree");
        if (total.isEmpty() || free.isEmpty() || total.getAsLong() == 0) {
            return Optional.empty();
        }
        long used = total.getAsLong() - free.getAsLong();
        return Optional.of(
                used > total.getAsLong() / 2
                        ? Finding.warning(
                                "swap",
                                SizeText.format(used)
                                        + " of it are in use: a heap that is swapped out answers in"
                                        + " seconds; give the machine more memory or less to do")
                        : Finding.good("swap", SizeText.format(used) + " in use"));
    }

    private Finding openFiles() {
        OptionalLong most = machine.openFilesMax();
        if (most.isEmpty()) {
            return machine.lines("/proc/self/limits").isEmpty()
                    ? Finding.unknown("open files", "this system does not say its limit")
                    : Finding.good("open files", "unlimited");
        }
        String text = "at most " + most.getAsLong();
        String what = ": each connection and part takes one; raise it (ulimit -n, LimitNOFILE=)";
        if (most.getAsLong() < OPEN_FILES_BAD) {
            return Finding.bad("open files", text + what);
        }
        return most.getAsLong() < OPEN_FILES_GOOD
                ? Finding.warning("open files", text + what)
                : Finding.good("open files", text);
    }

    private Finding mappings() {
        OptionalLong most = machine.number("/proc/sys/vm/max_map_count");
        if (most.isEmpty()) {
            return Finding.unknown("mappings", "this system does not say its limit");
        }
        String text = "vm.max_map_count is " + most.getAsLong();
        return most.getAsLong() < MAPPINGS_GOOD
                ? Finding.warning(
                        "mappings", text + ": parts are mapped; set it to " + MAPPINGS_GOOD)
                : Finding.good("mappings", text);
    }

    private Optional<Finding> overcommit() {
        return machine.number("/proc/sys/vm/overcommit_memory").stream()
                .filter(mode -> mode == 2)
                .mapToObj(
                        _ ->
                                Finding.warning(
                                        "overcommit",
                                        "vm.overcommit_memory is 2: a heap that is reserved and"
                                                + " not used counts; a start may fail"))
                .findFirst();
    }

    private Finding time() {
        Instant now = clock.instant();
        if (now.isBefore(CLOCK_LEAST) || now.isAfter(CLOCK_MOST)) {
            return Finding.bad(
                    "clock", "it says " + now + ": set it, points without a time get this one");
        }
        boolean synchronised =
                Files.exists(machine.root().resolve("run/systemd/timesync/synchronized"))
                        || Files.exists(machine.root().resolve("run/chrony/chronyd.pid"))
                        || Files.exists(machine.root().resolve("run/chronyd.pid"));
        return synchronised
                ? Finding.good("clock", "it is kept in step with others")
                : Finding.unknown(
                        "clock",
                        "nothing says that it is kept in step (chrony, systemd-timesyncd)");
    }

    private Optional<Finding> clockSource() {
        return machine.line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
                .map(
                        source ->
                                SLOW_CLOCKS.contains(source)
                                        ? Finding.warning(
                                                "clock source",
                                                source
                                                        + " is slow to read; tsc or kvm-clock is"
                                                        + " not")
                                        : Finding.good("clock source", source));
    }

    private static Path existing(Path path) {
        Path at = path.toAbsolutePath().normalize();
        while (!Files.isDirectory(at)) {
            Path above = at.getParent();
            if (above == null) {
                return at;
            }
            at = above;
        }
        return at;
    }

    private static Finding fileSystem(Path disk) {
        String subject = "file system of " + disk;
        try {
            FileStore store = Files.getFileStore(disk);
            return UNFIT_FILE_SYSTEMS.contains(store.type())
                    ? Finding.warning(
                            subject,
                            store.type()
                                    + ": what is acknowledged may not survive there; take a local"
                                    + " disk (ext4, XFS)")
                    : Finding.good(subject, store.type());
        } catch (IOException e) {
            return Finding.unknown(subject, FileFailure.reason(e));
        }
    }

    private Finding room(Path disk) {
        String subject = "room on " + disk;
        try {
            long free = Files.getFileStore(disk).getUsableSpace();
            String text = SizeText.format(free) + " free";
            if (free < diskReserveBytes) {
                return Finding.bad(
                        subject,
                        text
                                + ": below disk-reserve ("
                                + SizeText.format(diskReserveBytes)
                                + ") every write is refused");
            }
            return free < 3 * diskReserveBytes
                    ? Finding.warning(
                            subject,
                            text + ", disk-reserve is " + SizeText.format(diskReserveBytes))
                    : Finding.good(subject, text);
        } catch (IOException e) {
            return Finding.unknown(subject, FileFailure.reason(e));
        }
    }

    private Finding syncs(Path disk) {
        String subject = "syncs on " + disk;
        try {
            SyncTrial trial = SyncTrial.run(disk, ticker);
            String text =
                    "%.2f ms in the median, %.2f ms at most of %d"
                            .formatted(
                                    trial.medianNanos() / 1e6,
                                    trial.maxNanos() / 1e6,
                                    SyncTrial.COUNT);
            long medianMillis = TimeUnit.NANOSECONDS.toMillis(trial.medianNanos());
            if (medianMillis >= SYNC_BAD_MILLIS) {
                return Finding.bad(subject, text + ": each acknowledgement waits for one");
            }
            return medianMillis >= SYNC_GOOD_MILLIS
                    ? Finding.warning(
                            subject,
                            text + ": each acknowledgement waits for one; send larger batches")
                    : Finding.good(subject, text);
        } catch (IOException e) {
            return Finding.bad(subject, "nothing can be written there: " + FileFailure.reason(e));
        }
    }
}
