package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The dictionary in a fresh process, from its first use to the process's end.
class DictionaryProcessTest {
    private static final String MARK = "mark: ";

    @TempDir Path directory;

    /// With a class missing, the library runs a whole javac at its first use.
    @Test
    void needsNoCompiler() throws Exception {
        assertThat(ChildJvm.run(Child.class, directory, List.of(series(), "0")))
                .contains("open", "compiler ran: false");
    }

    /// The library has an exit hook of its own, which closes the file before the registry is done
    /// with it: then it had to be built anew at each start.
    @Test
    void isThereAgainAfterAProcessThatEndsInItsShutdownHooks() throws Exception {
        List<String> first = ChildJvm.run(Child.class, directory, List.of(series(), "0"));
        assertThat(first).contains("open", "builds: 1");
        String mark = first.getLast().substring(MARK.length());
        assertThat(ChildJvm.run(Child.class, directory, List.of(series(), mark)))
                .contains("open", "builds: 0");
    }

    private String series() {
        return directory.resolve("series").toString();
    }

    /// Main class of the child.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            SeriesRegistry registry =
                    SeriesRegistry.open(
                            new LocalFileStore(),
                            Path.of(arguments[0]),
                            Long.parseLong(arguments[1]));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(registry)));
            registry.resolve(new MeasurementId(1, 1), SeriesKey.of("cpu", Map.of("host", "a")));
            registry.awaitDictionary(1);
            System.out.println("open");
            System.out.println("builds: " + registry.dictionaryBuilds());
            System.out.println("compiler ran: " + isLoaded("com.sun.tools.javac.comp.Attr"));
            System.out.println(MARK + registry.mark());
        }

        private static void close(SeriesRegistry registry) {
            try {
                registry.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// By the JVM's own list, since asking a class loader would load it.
        private static boolean isLoaded(String className) throws Exception {
            var server = java.lang.management.ManagementFactory.getPlatformMBeanServer();
            var bean = new javax.management.ObjectName("com.sun.management:type=DiagnosticCommand");
            String classes =
                    (String)
                            server.invoke(
                                    bean,
                                    "gcClassHistogram",
                                    new Object[] {new String[] {"-all"}},
                                    new String[] {String[].class.getName()});
            return classes.contains(className);
        }
    }
}
