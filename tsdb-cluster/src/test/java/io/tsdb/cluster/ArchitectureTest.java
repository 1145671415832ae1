package io.tsdb.cluster;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;

import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The structure of `CONTRIBUTING.md` ("Floors") as rules: a wrong import does not build.
class ArchitectureTest {
    private static JavaClasses tree;

    /// Packages of a module from the ground up: each may import those before it, and their
    /// sub-packages, only. A new package gets its place here.
    enum Module {
        STORAGE(
                List.of(),
                "model",
                "net",
                "schema",
                "io",
                "codec",
                "scan",
                "series",
                "log",
                "block",
                "head",
                "parquet",
                "part",
                "compaction",
                "shard"),
        INGEST(List.of("storage"), "batch", "protocol", "transport"),
        QUERY(
                List.of("storage"),
                "sql",
                "budget",
                "column",
                "function",
                "analysis",
                "plan",
                "wire",
                "evaluation",
                "rows",
                "fragment",
                "exec",
                "result",
                "http"),
        CLUSTER(
                List.of("storage", "ingest", "query"),
                "identity",
                "shardmap",
                "raft",
                "rpc",
                "write",
                "read",
                "delete",
                "rebalance",
                "security",
                "node");

        private final List<String> modulesBelow;
        private final List<String> floors;

        Module(List<String> modulesBelow, String... floors) {
            this.modulesBelow = modulesBelow;
            this.floors = List.of(floors);
        }

        String root() {
            return "io.tsdb." + name().toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void importTree() {
        tree =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages("io.tsdb");
        assertThat(tree.size()).isGreaterThan(20);
    }

    @ParameterizedTest
    @EnumSource
    void importsOnlyDownwards(Module module) {
        for (int floor = 0; floor < module.floors.size(); floor++) {
            String[] above =
                    module.floors.subList(floor + 1, module.floors.size()).stream()
                            .map(name -> module.root() + "." + name + "..")
                            .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(module.root() + "." + module.floors.get(floor) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .because("floors of " + module.root() + ": " + module.floors)
                    .allowEmptyShould(true)
                    .check(tree);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPackageHasAFloor(Module module) {
        Set<String> homeless = new TreeSet<>();
        for (JavaClass type : tree) {
            String name = type.getPackageName() + ".";
            if (name.startsWith(module.root() + ".")
                    && module.floors.stream()
                            .noneMatch(f -> name.startsWith(module.root() + "." + f + "."))) {
                homeless.add(type.getPackageName());
            }
        }
        assertThat(homeless).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void modulesSeeOnlyThoseBelow(Module module) {
        String[] others =
                Arrays.stream(Module.values())
                        .filter(other -> other != module)
                        .map(Module::root)
                        .filter(
                                root ->
                                        !module.modulesBelow.contains(
                                                root.substring("io.tsdb.".length())))
                        .map(root -> root + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(module.root() + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true)
                .check(tree);
    }

    /// It lives in the ground module because ingest and query both stand on that; it is no part of
    /// storage.
    @Test
    void storageAndTheNetworkAreStrangers() {
        noClasses()
                .that()
                .resideInAPackage("io.tsdb.storage..")
                .and()
                .resideOutsideOfPackage("io.tsdb.storage.net..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tsdb.storage.net..", "io.netty..")
                .check(tree);
    }

    @Test
    void noPackageCycles() {
        slices().matching("io.tsdb.(**)").should().beFreeOfCycles().check(tree);
    }

    @Test
    void encodingsAreStrangersToOneAnother() {
        slices().matching("io.tsdb.storage.codec.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(alwaysTrue(), resideInAPackage("io.tsdb.storage.codec.pack"))
                .check(tree);
        noClasses()
                .that()
                .resideInAPackage("io.tsdb.storage.codec.pack")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.tsdb.storage.codec..")
                                .and(not(resideInAPackage("io.tsdb.storage.codec.pack"))))
                .because("bit packing and byte access are the ground that all encodings stand on")
                .check(tree);
    }

    @Test
    void onlyTheParquetPackageSeesParquet() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tsdb.storage.parquet..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.parquet..", "org.apache.hadoop..", "dev.hardwood..")
                .check(tree);
    }

    @Test
    void onlyTheSeriesPackageSeesChronicleMap() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tsdb.storage.series..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(tree);
    }

    @Test
    void onlyOnePackageSeesRatis() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tsdb.cluster.raft..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.ratis..")
                .check(tree);
    }

    /// Wall time and durations alike: [SystemClock] is the one class that asks the machine.
    /// `loadgen` is no part of this: to measure by the machine's clock is what it is for.
    @Test
    void clocksArePassedIn() {
        noClasses()
                .that(inModules())
                .and()
                .doNotBelongToAnyOf(SystemClock.class)
                .should()
                .accessTargetWhere(readsTheMachinesClock())
                .because("a clock that is passed in can be set by a test")
                .check(tree);
    }

    /// Else whoever wants a clock would take one where it is.
    @Test
    void onlyTheNodeTakesTheMachinesClocks() {
        noClasses()
                .that(inModules())
                .and()
                .doNotBelongToAnyOf(SystemClock.class)
                .and()
                .resideOutsideOfPackage("io.tsdb.cluster.node..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(SystemClock.class)
                .because("main hands the clocks down")
                .check(tree);
    }

    @Test
    void noSunMiscUnsafe() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .check(tree);
    }

    @Test
    void noPackageForEverything() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..")
                .check(tree);
    }

    @Test
    void noNamesThatSayNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Processor")
                .check(tree);
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> silent = new TreeSet<>();
        for (JavaClass type : tree) {
            if (type.getPackage().tryGetPackageInfo().isEmpty()) {
                silent.add(type.getPackageName());
            }
        }
        assertThat(silent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                CallsTheClock.class,
                RefersToTheClock.class,
                MeasuresByTheClock.class,
                RefersToTheTicker.class,
                TakesTheSystemsSource.class
            })
    void theClockRuleFindsAReader(Class<?> reader) {
        JavaClasses offender = new ClassFileImporter().importClasses(reader);
        EvaluationResult result =
                noClasses().should().accessTargetWhere(readsTheMachinesClock()).evaluate(offender);
        assertThat(result.hasViolation()).isTrue();
    }

    record CallsTheClock() implements LongSupplier {
        @Override
        public long getAsLong() {
            return System.currentTimeMillis();
        }
    }

    record RefersToTheClock(Supplier<Instant> now) {
        RefersToTheClock() {
            this(Instant::now);
        }
    }

    record MeasuresByTheClock(long began) {
        long nanos() {
            return System.nanoTime() - began;
        }
    }

    record RefersToTheTicker(Ticker ticker) {
        RefersToTheTicker() {
            this(System::nanoTime);
        }
    }

    record TakesTheSystemsSource(InstantSource clock) {
        TakesTheSystemsSource() {
            this(InstantSource.system());
        }
    }

    private static DescribedPredicate<JavaClass> inModules() {
        return DescribedPredicate.describe(
                "in a module of the database",
                type ->
                        Arrays.stream(Module.values())
                                .anyMatch(m -> type.getPackageName().startsWith(m.root() + ".")));
    }

    private static DescribedPredicate<JavaAccess<?>> readsTheMachinesClock() {
        return DescribedPredicate.describe(
                "reads the machine's clock",
                access ->
                        access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget call
                                && readsTheMachinesClock(
                                        access.getTargetOwner().getFullName(), call));
    }

    private static boolean readsTheMachinesClock(
            String owner, AccessTarget.CodeUnitAccessTarget call) {
        String name = call.getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.time.Clock", "java.time.InstantSource" ->
                    (name.startsWith("system") || name.startsWith("tick")) && !takesAClock(call);
            case "java.util.Date" -> name.equals("<init>") && call.getRawParameterTypes().isEmpty();
            default -> owner.startsWith("java.time.") && name.equals("now") && !takesAClock(call);
        };
    }

    /// `now(Clock)`; not `now()` and not `now(ZoneId)`.
    private static boolean takesAClock(AccessTarget.CodeUnitAccessTarget call) {
        return call.getRawParameterTypes().stream()
                .anyMatch(type -> type.isAssignableTo(InstantSource.class));
    }
}
